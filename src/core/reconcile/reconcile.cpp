#include "core/reconcile/reconcile.hpp"

#include <fmt/format.h>
#include <utility>

#include "core/policy/guard.hpp"
#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconciler.hpp"
#include "core/state.hpp"

namespace doze::core {
namespace {

/// An open row in a dry run: it stays as it is, and what would be called about it is shown.
Next show_row(Reconciler& p) {
    const auto& t = p.record;
    if (!t.seen) return p.describe();
    const auto desired = p.desired();
    const auto phase = p.seen().phase;
    if (desired.is_awake() && phase == Phase::asleep)
        p.only_show(fmt::format("be woken now (size {})", to_string(t.scale_to.value_or(t.entry->snapshot))));
    else if (desired.is_asleep() && t.entry->sleep_state == SleepState::sleeping && phase == Phase::awake)
        p.only_show(fmt::format("be put to sleep now (size {})", to_string(p.seen().size)));
    else
        p.record.only_shown.reset();
    return Next::wait;
}

Next reconcile_row(Reconciler& p) {
    const auto& t = p.record;
    if (t.is_fresh() && p.seen().stuck) return reconcile_stuck(p);
    if (!t.entry) return reconcile_awake(p);
    if (p.is_dry_run() && t.entry->sleep_state != SleepState::left_awake) return show_row(p);
    switch (t.entry->sleep_state) {
        case SleepState::sleeping: return reconcile_sleeping(p);
        case SleepState::asleep: return reconcile_asleep(p);
        case SleepState::waking: return reconcile_waking(p);
        case SleepState::left_awake: return reconcile_left_awake(p);
        case SleepState::letting_go: return reconcile_letting_go(p);
    }
    return Next::wait;
}

/// Why its load keeps it awake, as far as it is known.
std::optional<std::string> busy_of(const ResourceRecord& record) {
    if (!record.registration || !record.registration->busy_cpu_percent) return std::nullopt;
    if (!record.is_fresh()) return record.busy;
    return record.seen->load ? why_busy(*record.seen->load, *record.registration->busy_cpu_percent) : std::nullopt;
}

bool says_the_same(const Observation& one, const Observation& other) {
    return one.phase == other.phase && one.created_at == other.created_at &&
           (one.phase != Phase::asleep || (one.changed_at == other.changed_at && one.reason == other.reason));
}

/// A person who sees their instance go wants to know who it was.
void announce_stop_by_somebody(Reconciler& p, const Observation& before) {
    const auto desired = p.desired();
    const bool is_there = desired.awaited && desired.state == DesiredState::State::leave_alone;
    if (!p.record.registration || p.record.entry || !is_there || before.phase != Phase::awake) return;
    const auto phase = p.seen().phase;
    // Soon after a wake an old answer shows what slept.
    if ((phase != Phase::falling_asleep && phase != Phase::asleep) || p.just_called()) return;
    p.announce(Level::warning, Reason::changed_by_hand,
               fmt::format("{} was stopped by somebody else while you are here; doze leaves it so.", p.name()));
}

}  // namespace

bool Batch::empty() const {
    return put.empty() && close.empty() && sleep.targets.empty() && wake.targets.empty() && describes.empty() &&
           accounts.empty() && replies.empty() && announcements.empty();
}

std::vector<Effect> Batch::effects() && {
    std::vector<Effect> all;
    if (!put.empty() || !close.empty()) all.emplace_back(Journal{std::move(put), std::move(close)});
    if (!wake.targets.empty()) all.emplace_back(std::move(wake));
    if (!sleep.targets.empty()) all.emplace_back(std::move(sleep));
    for (auto& account : accounts) all.emplace_back(std::move(account));
    for (auto& [depth, ids] : describes) all.emplace_back(Describe{std::move(ids), depth});
    for (auto& reply : replies) all.push_back(std::move(reply));
    for (auto& announcement : announcements) all.push_back(std::move(announcement));
    return all;
}

ReconcileContext context_of(const State& state, Now now) {
    return {.settings = state.settings,
            .away = state.presence.is_away(),
            .blind = state.presence.is_blind() || now.boot < state.listening_until,
            .held = state.holds.is_on(),
            .now = now};
}

DesiredState desired_state(const ResourceRecord& record, const ReconcileContext& context) {
    const auto& seen = record.seen;
    const auto& entry = record.entry;
    const bool is_fresh = record.is_fresh();
    return desired_state({.away = context.away,
                          .blind = context.blind,
                          .held = context.held,
                          .registered = record.registration.has_value(),
                          .sleep_state = entry ? std::optional(entry->sleep_state) : std::nullopt,
                          .initiator = entry ? entry->initiator : Initiator::doze,
                          .requested_awake = record.requested_awake,
                          .absence_handled = record.absence_handled,
                          .guard = is_fresh ? guard_of(record) : std::nullopt,
                          .untold_loss = is_fresh && seen->losses.erases() && !record.told_erased
                                             ? std::optional(to_string(seen->losses))
                                             : std::nullopt,
                          .busy = busy_of(record)});
}

std::optional<Guard> guard_of(const ResourceRecord& record) {
    const auto& guard = record.seen->guard;
    const bool forced = record.registration && record.registration->force;
    return guard && guard->by_tag && forced ? std::nullopt : guard;
}

void reconcile(ResourceRecord& record, const ReconcileContext& context, Batch& out) {
    Reconciler p(record, context, out);
    record.due.reset();
    record.polling.wanted.reset();
    if (!p.is_dry_run()) record.only_shown.reset();
    // Each sleep state leads to the next one or to a wait; a resource can't take more than all of them at once.
    for (int moves = 0; moves < 8 && !record.calls.in_flight; ++moves)
        if (reconcile_request(p) == Next::wait && reconcile_row(p) == Next::wait) return;
}

namespace {

/// A description could not be had.
void on_description_failed(Reconciler& p, const Error& error, bool is_told) {
    auto& t = p.record;
    ++t.polling.failed;
    const bool elsewhere = error.code == ErrorCode::other_account;
    const auto recovery = elsewhere                              ? Recovery::wait  // A sign-in mends it.
                          : error.recovery == Recovery::capacity ? Recovery::retry
                                                                 : error.recovery;
    t.polling.next = p.now() + retry_pause(recovery, t.polling.failed, p.check_interval());
    // Of an account all that is in it is told at once (engine).
    if (!is_told && !elsewhere && (!t.trouble || t.trouble->message != error.message))
        p.announce(Level::error, Reason::refused, error.within("looking at " + p.name()).text());
    t.trouble = error;
    if (!t.request) return;
    p.reply(error);
    t.requested_awake = t.requested_awake && t.entry.has_value();
}

}  // namespace

void on_described(ResourceRecord& record, const Result<Observation>& seen, TimePoint asked_at,
                  const ReconcileContext& context, Batch& out, bool is_told) {
    auto& polling = record.polling;
    if (asked_at < polling.seen_at) return;
    Reconciler p(record, context, out);
    if (!seen) return on_description_failed(p, seen.error(), is_told);
    if (const auto stranger = check_owner(p, *seen)) return on_description_failed(p, *stranger, false);
    const auto before = std::exchange(record.seen, *seen);
    polling.seen_at = asked_at;
    polling.answered_at = p.now();
    if (record.doubt && !says_the_same(record.doubt->seen, *seen)) record.doubt.reset();
    if (before) announce_stop_by_somebody(p, *before);
    if (polling.failed > 0) record.trouble.reset();
    polling.failed = 0;
}

namespace {

/// AWS does not hibernate it. What is in its memory is worth some minutes, unless AWS says that it never will.
void on_not_hibernated(Reconciler& p, const Error& error) {
    auto& t = p.record;
    auto& calls = t.calls;
    const bool first = !calls.not_hibernated.has_value();
    if (first) calls.not_hibernated = p.now();
    t.trouble = error;
    const bool over = error.recovery == Recovery::plainly || p.now() - *calls.not_hibernated >= hibernation_patience;
    calls.plainly = over;
    calls.next = over ? p.now() : p.now() + hibernation_pause;
    if (over)
        p.announce(Level::warning, Reason::refused,
                   fmt::format("{} is stopped instead of hibernated, so what is in its memory is lost. {}", p.name(),
                               error.message));
    else if (first)
        p.announce(Level::info, Reason::refused,
                   fmt::format("{} can't be hibernated yet; doze tries again for {}, and then stops it. {}", p.name(),
                               to_string(hibernation_patience), error.message));
    if (t.request)
        p.reply(over ? fmt::format("{} can't be hibernated; doze stops it instead.", p.name())
                     : fmt::format("{} can't be hibernated yet; doze tries again for {}, and then stops it.", p.name(),
                                   to_string(hibernation_patience)));
}

void on_accepted(Reconciler& p, bool waking, bool is_requested) {
    auto& t = p.record;
    t.calls.accept(p.now());
    // AWS takes its time: a description at once would only show it on its way.
    t.polling.next = next_describe(p.now(), t.polling.count++);
    t.trouble.reset();
    if (!is_requested) return;
    // Whoever stops it by command may not have seen the warning.
    const auto losses = waking ? std::string() : to_string(p.seen().losses);
    p.reply(
        fmt::format("{} is {}.{}{}", p.name(), waking ? "starting" : "stopping", losses.empty() ? "" : " ", losses));
}

/// The person who asked for it learns of the refusal.
void reply_refused(Reconciler& p, const Error& error, bool waking) {
    auto& t = p.record;
    if (error.recovery == Recovery::wait)
        return p.reply(
            fmt::format("{} is in transit; doze {} it as soon as it can.", p.name(), waking ? "starts" : "stops"));
    p.reply(error);
    // What passes by itself is tried again: so the request stands, and so AWS's refusal is told.
    if (error.recovery == Recovery::retry || error.recovery == Recovery::capacity) return;
    t.calls.given_up = true;
    t.requested_awake = false;
}

void on_refused(Reconciler& p, const Error& error, bool waking, bool is_requested) {
    auto& t = p.record;
    ++t.calls.attempts;
    t.calls.next = p.now() + retry_pause(error.recovery, t.calls.attempts, p.check_interval());
    if (error.recovery != Recovery::wait && error.code != ErrorCode::other_account &&
        (!t.trouble || t.trouble->message != error.message))
        p.announce(Level::error, Reason::refused,
                   error.within((waking ? "waking " : "putting to sleep ") + p.name()).text());
    t.trouble = error;
    if (is_requested)
        reply_refused(p, error, waking);
    else if (!waking && error.recovery == Recovery::tell)
        t.calls.given_up = true;
}

}  // namespace

void on_call_returned(ResourceRecord& record, const CallReturned& returned, const ReconcileContext& context,
                      Batch& out) {
    Reconciler p(record, context, out);
    const auto call = std::exchange(record.calls.in_flight, std::nullopt);
    record.polling.fresh_from = p.now();
    record.polling.count = 0;
    if (!record.entry) return;
    const bool waking = record.entry->sleep_state != SleepState::sleeping;
    // A newer request has not moved the row yet: this answer is none of its.
    const bool is_requested = record.request && record.request->stage == Request::Stage::called;
    if (returned.accepted) return on_accepted(p, waking, is_requested);
    const auto& error = returned.accepted.error();
    if (returned.called && (error.recovery == Recovery::retry || error.unanswered)) record.calls.doubt();
    if (call && call->hibernates && (error.recovery == Recovery::wait || error.recovery == Recovery::plainly))
        return on_not_hibernated(p, error);
    on_refused(p, error, waking, is_requested);
}

void keep_request(ResourceRecord& record, const ReconcileContext& context, Batch& out) {
    Reconciler p(record, context, out);
    if (!record.entry || p.is_dry_run()) return;
    record.requested_awake = true;
    p.write();
}

void end_request(ResourceRecord& record, Batch& out) {
    record.requested_awake = false;
    if (!record.entry || !record.entry->requested) return;
    record.entry->requested = false;
    out.put.push_back(*record.entry);
}

void close_row(ResourceRecord& record, const ReconcileContext& context, Batch& out) {
    Reconciler(record, context, out).close();
}

void take_account(ResourceRecord& record, const AccountId& account, Batch& out) {
    record.account = account;
    if (record.entry && record.entry->account.str().empty()) record.entry->account = account;
    if (record.registration) out.accounts.push_back({.id = record.id, .account = account});
}

void on_turn(ResourceRecord& record, bool away, TimePoint now) {
    if (away) {
        record.absence_handled = false;
        record.absent_since = now;
    }
    record.only_shown.reset();
    record.busy.reset();
    record.told_stuck = false;
    record.calls.given_up = false;
    record.restart(now);
}

}  // namespace doze::core
