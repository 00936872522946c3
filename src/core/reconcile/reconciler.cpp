#include "core/reconcile/reconciler.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/pauses.hpp"

namespace doze::core {
namespace {

/// The instance was shut down in its own system. AWS tells no time of that.
bool is_shut_down_from_inside(const Observation& seen) {
    return !seen.changed_at && seen.reason && seen.reason->find("InstanceInitiatedShutdown") != std::string::npos;
}

}  // namespace

void Reconciler::wait(TimePoint until) {
    t.due = t.due ? std::min(*t.due, until) : until;
}

void Reconciler::look(Depth depth) {
    if (t.describe_wanted && *t.describe_wanted != Depth::usual) return;
    t.describe_wanted = depth;
    // What AWS accepted shows by then: it is not left unseen until the next beat.
    const auto shows_at = t.last_call + call_takes_effect_within;
    if (t.accepted_at && !t.saw_transit && c.now.boot < shows_at) t.next_describe = std::min(t.next_describe, shows_at);
    t.describe_due = std::max(t.next_describe, c.now.boot);
    if (!t.describe_out && c.now.boot < t.describe_due) wait(t.describe_due);
}

void Reconciler::enter(SleepState step, Initiator owner, const Size& snapshot) {
    if (!t.entry)
        t.entry = JournalEntry{.id = t.id,
                               .step = step,
                               .owner = owner,
                               .snapshot = snapshot,
                               .opened_at = c.now.aws(),
                               .account = t.account,
                               .created_at = t.seen ? t.seen->created_at : std::nullopt};
    t.entry->step = step;
    t.entry->owner = owner;
    t.accepted_at.reset();
    t.uncertain = t.give_up = t.saw_transit = false;
    t.attempts = t.looks = 0;
    t.next_call = t.next_describe = TimePoint::min();
    t.asked.reset();
    t.taken.reset();
    t.left_settles_at.reset();
    t.restored.reset();
    // What is let go for what was seen is proven by that.
    if (step != SleepState::letting_go) t.doubt.reset();
    t.plainly = false;
    t.not_hibernated.reset();
}

void Reconciler::record() {
    t.entry->requested = t.requested_awake;
    t.entry->goal = t.scale_to;
    out.put.push_back(*t.entry);
}

void Reconciler::close() {
    // In one commit the closes come first: what this pass wrote of the row must not outlive it.
    std::erase_if(out.put, [&](const JournalEntry& entry) { return entry.id == t.id; });
    out.close.push_back(t.id);
    t.entry.reset();
    t.accepted_at.reset();
    t.scale_to.reset();
    t.doubt.reset();
    t.asked.reset();
    t.taken.reset();
    t.left_settles_at.reset();
    t.uncertain = t.give_up = false;
    if (t.order) t.order->moved = false;
}

void Reconciler::send(Verb verb, Target target) {
    if (c.settings.dry_run) return;
    if (c.now.boot < t.next_call) return wait(t.next_call);
    t.entry->requested = t.requested_awake;
    t.entry->goal = t.scale_to;
    t.entry->called_at = c.now.aws();
    t.call_out = true;
    t.last_call = c.now.boot;
    t.fresh_from = TimePoint::max();  // Nothing seen before the answer tells how it is after it.
    if (!target.desired_stays) {
        t.doubt.reset();
        t.asked = target.size.desired;
    }
    target.pool = seen().pool;
    t.hibernating =
        verb == Verb::sleep && t.registration && t.registration->hibernate && seen().can_hibernate && !t.plainly;
    target.hibernate = t.hibernating;
    target.account = t.entry->account;
    auto& act = verb == Verb::sleep ? out.sleep : out.wake;
    act.intents.push_back(*t.entry);
    act.targets.push_back(std::move(target));
}

void Reconciler::only_show(std::string what) {
    if (t.only_shown == what) return;
    announce(Level::info, Reason::dry_run, fmt::format("{} would {}.", name(), what));
    t.only_shown = std::move(what);
}

void Reconciler::put_back() {
    Target target{.id = t.id, .size = undone(), .desired_stays = true};
    // A bound that is as it should be is not asked for: somebody may be changing it just now.
    if (target.size.min == seen().size.min) target.size.min.reset();
    if (target.size.max == seen().size.max) target.size.max.reset();
    send(Verb::wake, std::move(target));
}

void Reconciler::let_go() {
    t.settled_for_absence = is_awake_for_this_absence();
    if (!is_owed()) return close();
    enter(SleepState::letting_go);
    record();
}

void Reconciler::announce(Level level, Reason reason, std::string text) {
    out.announcements.emplace_back(Announce{.level = level, .reason = reason, .id = t.id, .text = std::move(text)});
}

void Reconciler::announce_waking(Reason reason, std::string_view why) {
    const auto goal = undone();
    const auto& before = t.entry->snapshot;
    const bool fits = goal.desired == before.desired;
    announce(fits ? Level::info : Level::warning, reason,
             fmt::format("Waking {} (size {}){}{}.", name(), to_string(goal), why,
                         fits ? std::string()
                              : fmt::format("; somebody changed its bounds, and its size before, {}, does not fit them",
                                            to_string(before))));
}

void Reconciler::reply(const Result<RequestResult>& result) {
    if (!t.order) return;
    for (const RequestId id : t.order->ids) out.replies.emplace_back(Reply{.order = id, .result = result});
    t.order.reset();
}

void Reconciler::reply(std::string message) {
    reply(RequestResult{
        .message = std::move(message), .id = t.id, .registration = t.registration, .state = seen().state});
}

bool Reconciler::is_own_sleep() const {
    if (t.accepted_at) return true;
    if (!t.uncertain || is_shut_down_from_inside(seen())) return false;
    if (!seen().changed_at || !t.entry->called_at) return true;
    return *seen().changed_at >= t.entry->opened_at - clock_tolerance &&
           *seen().changed_at <= *t.entry->called_at + clock_tolerance;
}

bool Reconciler::is_as_left() const {
    const auto& left = t.entry->left_changed_at;
    if (!left || (t.left_settles_at && t.seen_at < *t.left_settles_at)) return true;
    if (!seen().changed_at) return !is_shut_down_from_inside(seen());
    return *seen().changed_at <= *left;  // An earlier time is an old answer.
}

bool Reconciler::is_proven() {
    if (!t.doubt) t.doubt = Doubt{.seen = seen(), .since = t.answered_at};
    const auto proof_at = t.doubt->since + proof_takes;
    if (t.seen_at >= proof_at) return true;
    const bool somebody_waits = !c.away || t.requested_awake || t.order;
    if (somebody_waits) {
        // If the answer was wrong, it is found out soon.
        if (t.is_fresh()) t.fresh_from = c.now.boot;
        if (c.now.boot < proof_at) t.next_describe = std::min(t.next_describe, proof_at);
    } else {
        t.next_describe = std::max(t.next_describe, proof_at);
    }
    look();
    return false;
}

bool is_another(const JournalEntry& entry, const Observation& seen) {
    const auto& ours = entry.created_at;
    const auto& its = seen.created_at;
    return ours && its && std::chrono::abs(*its - *ours) >= std::chrono::seconds(1);
}

bool Reconciler::is_owed() const {
    const bool unseen = t.entry->snapshot.min && !seen().size.min;
    return unseen ? !t.accepted_at : differ(undone(), seen().size);
}

bool Reconciler::is_awake_for_this_absence() const {
    return !c.away || !t.doubt || t.doubt->since >= t.absent_since;
}

std::optional<WallTime> Reconciler::restart_time() const {
    const auto after = info(t.id.kind).restarts_after;
    if (after == Duration::zero()) return std::nullopt;
    return seen().restarts_at ? seen().restarts_at : t.entry->called_at.value_or(t.entry->opened_at) + after;
}

bool Reconciler::is_restart() const {
    const auto& due = t.entry->restarts_at;
    return due && c.now.aws() >= *due - restart_tolerance && c.now.aws() <= *due + restart_lasts;
}

bool Reconciler::just_called() const {
    return t.seen_at < t.last_call + call_takes_effect_within;
}

std::optional<Guard> Reconciler::guard() const {
    const bool forced = t.registration && t.registration->force;
    return seen().guard && seen().guard->by_tag && forced ? std::nullopt : seen().guard;
}

bool plan_lost(Reconciler& p) {
    const bool is_gone = p.seen().phase == Phase::gone;
    if (!p.seen().is_said_gone() && !p.is_proven()) return false;
    p.announce(Level::warning, Reason::gone,
               is_gone ? fmt::format("{} is no longer there; doze forgets its snapshot.", p.name())
                       : fmt::format("{} was deleted, and another one was made under its name, which is not doze's to "
                                     "wake; doze forgets the snapshot of the first.",
                                     p.name()));
    p.t.settled_for_absence = true;
    p.close();
    return true;
}

}  // namespace doze::core
