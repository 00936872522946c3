// How doze knows a sleep for its own: by what AWS said of it when doze saw it first. That answer may still be of the
// sleep before, so it is corrected once AWS must show this one.
#include <algorithm>
#include <string>
#include <utility>

#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {

namespace {

/// The instance was shut down in its own system. AWS tells no time of that.
bool is_shut_down_from_inside(const Observation& seen) {
    return !seen.changed_at && seen.reason && seen.reason->find("InstanceInitiatedShutdown") != std::string::npos;
}

bool is_left_of_before(const JournalEntry& entry) {
    return entry.left_changed_at && entry.called_at && *entry.left_changed_at + clock_tolerance < *entry.called_at;
}

/// Of a row of an earlier process: the call's time is in the row, on AWS's clock.
std::optional<TimePoint> left_reliable_from(const JournalEntry& entry, Now now) {
    if (entry.sleep_state != SleepState::asleep || !is_left_of_before(entry)) return std::nullopt;
    return now.boot + std::max<Duration>(*entry.called_at + call_takes_effect_within - now.aws(), Duration::zero());
}

}  // namespace

bool Reconciler::is_own_sleep() const {
    if (record.calls.is_accepted()) return true;
    if (!record.calls.may_have_happened() || is_shut_down_from_inside(seen())) return false;
    if (!seen().changed_at || !record.entry->called_at) return true;
    return *seen().changed_at >= record.entry->opened_at - clock_tolerance &&
           *seen().changed_at <= *record.entry->called_at + clock_tolerance;
}

void Reconciler::correct_left() {
    if (!record.left_reliable_from || record.polling.seen_at < *record.left_reliable_from) return;
    record.left_reliable_from.reset();
    auto& left = record.entry->left_changed_at;
    const auto& its = seen().changed_at;
    const auto& called_at = record.entry->called_at;
    if (left >= its || (called_at && *its > *called_at + clock_tolerance)) return;
    left = its;
    write();
}

bool Reconciler::is_as_left() const {
    const auto& left = record.entry->left_changed_at;
    if (!left) return true;
    if (!seen().changed_at) return !is_shut_down_from_inside(seen());
    if (record.left_reliable_from && record.polling.seen_at < *record.left_reliable_from) return true;
    return *seen().changed_at <= *left;  // An earlier time is an old answer.
}

void Reconciler::note_left() {
    auto& entry = *record.entry;
    entry.left_size = seen().size;
    entry.left_changed_at = seen().changed_at;
    if (!entry.created_at) entry.created_at = seen().created_at;
    if (seen().changed_at) record.left_reliable_from = record.calls.last + call_takes_effect_within;
}

void Reconciler::note_left_again() {
    auto& entry = *record.entry;
    if (!entry.left_size) entry.left_size = seen().size;
    if (!record.calls.may_have_happened()) return;
    entry.left_changed_at = seen().changed_at;
    record.left_reliable_from.reset();
}

void Reconciler::end_correcting(SleepState next) {
    const bool goes_on = next == SleepState::asleep || (next == SleepState::waking && is_left_of_before(*record.entry));
    if (!goes_on) record.left_reliable_from.reset();
}

void take_over(ResourceRecord& record, JournalEntry entry, Now now) {
    record.polling.fresh_from = now.boot;
    // Whether the last call of the process before went out, and what became of it, only a description tells.
    record.calls.last = now.boot;
    if (entry.sleep_state == SleepState::sleeping || entry.sleep_state == SleepState::waking) record.calls.doubt();
    record.absence_handled = entry.sleep_state == SleepState::asleep || entry.sleep_state == SleepState::left_awake ||
                             entry.sleep_state == SleepState::letting_go;
    record.requested_awake = entry.requested;
    record.scale_to = entry.goal;
    if (record.account.str().empty()) record.account = entry.account;
    record.left_reliable_from = left_reliable_from(entry, now);
    record.entry = std::move(entry);
}

}  // namespace doze::core
