#include "core/plan/pass.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/plan/pauses.hpp"

namespace doze::core {

void Pass::wait(TimePoint until) {
    t.due = t.due ? std::min(*t.due, until) : until;
}

void Pass::look(Depth depth) {
    if (t.look_wanted && *t.look_wanted != Depth::usual) return;
    t.look_wanted = depth;
    // What AWS accepted shows by then: it is not left unseen until the next beat.
    const auto shows_at = t.last_call + call_takes_effect_within;
    if (t.accepted_at && !t.saw_transit && c.now.boot < shows_at) t.next_look = std::min(t.next_look, shows_at);
    t.look_due = std::max(t.next_look, c.now.boot);
    if (!t.look_out && c.now.boot < t.look_due) wait(t.look_due);
}

void Pass::enter(Step step, Owner owner, const Size& snapshot) {
    if (!t.entry)
        t.entry = LedgerEntry{.id = t.id,
                              .step = step,
                              .owner = owner,
                              .snapshot = snapshot,
                              .opened_at = c.now.aws(),
                              .account = t.account};
    t.entry->step = step;
    t.entry->owner = owner;
    t.accepted_at.reset();
    t.uncertain = t.give_up = t.saw_transit = false;
    t.attempts = t.looks = 0;
    t.next_call = t.next_look = TimePoint::min();
    t.surprised_at.reset();
    t.plainly = false;
    t.not_hibernated.reset();
}

void Pass::record() {
    t.entry->requested = t.ordered_awake;
    t.entry->goal = t.scale_to;
    out.put.push_back(*t.entry);
}

void Pass::close() {
    // In one commit the closes come first: what this pass wrote of the row must not outlive it.
    std::erase_if(out.put, [&](const LedgerEntry& entry) { return entry.id == t.id; });
    out.close.push_back(t.id);
    t.entry.reset();
    t.accepted_at.reset();
    t.scale_to.reset();
    t.surprised_at.reset();
    t.uncertain = t.give_up = false;
    if (t.order) t.order->moved = false;
}

void Pass::send(Verb verb, const Size& size) {
    if (c.settings.dry_run) return;
    if (c.now.boot < t.next_call) return wait(t.next_call);
    t.entry->requested = t.ordered_awake;
    t.entry->goal = t.scale_to;
    t.entry->called_at = c.now.aws();
    t.call_out = true;
    t.last_call = c.now.boot;
    t.fresh_from = TimePoint::max();  // Nothing seen before the answer tells how it is after it.
    auto& act = verb == Verb::sleep ? out.sleep : out.wake;
    act.intents.push_back(*t.entry);
    t.hibernating =
        verb == Verb::sleep && t.registration && t.registration->hibernate && seen().can_hibernate && !t.plainly;
    act.targets.push_back(
        {.id = t.id, .size = size, .pool = seen().pool, .hibernate = t.hibernating, .account = t.entry->account});
}

void Pass::only_show(std::string what) {
    if (t.only_shown == what) return;
    announce(Level::info, Reason::dry_run, fmt::format("{} would {}.", name(), what));
    t.only_shown = std::move(what);
}

void Pass::announce(Level level, Reason reason, std::string text) {
    out.announcements.emplace_back(Announce{.level = level, .reason = reason, .id = t.id, .text = std::move(text)});
}

void Pass::reply(Result<OrderResult> result) {
    if (!t.order) return;
    for (const OrderId id : t.order->ids) out.replies.emplace_back(Reply{.order = id, .result = result});
    t.order.reset();
}

void Pass::reply(std::string message) {
    reply(
        OrderResult{.message = std::move(message), .id = t.id, .registration = t.registration, .state = seen().state});
}

bool Pass::is_own_sleep() const {
    if (t.accepted_at) return true;
    if (!t.uncertain) return false;
    if (!seen().changed_at || !t.entry->called_at) return true;
    return *seen().changed_at >= t.entry->opened_at - clock_tolerance &&
           *seen().changed_at <= *t.entry->called_at + clock_tolerance;
}

bool Pass::is_as_left() const {
    const auto& entry = *t.entry;
    if (entry.left_size && differ(*entry.left_size, seen().size)) return false;
    return !entry.left_changed_at || !seen().changed_at || *entry.left_changed_at == *seen().changed_at;
}

bool Pass::is_surprise_real() {
    if (!t.surprised_at) t.surprised_at = t.seen_at;
    if (t.seen_at - *t.surprised_at >= surprise_lasts) return true;
    t.fresh_from = *t.surprised_at + surprise_lasts;
    t.next_look = t.fresh_from;
    look();
    return false;
}

std::optional<WallTime> Pass::restart_time() const {
    const auto after = info(t.id.kind).restarts_after;
    if (after == Duration::zero()) return std::nullopt;
    return seen().restarts_at ? seen().restarts_at : t.entry->called_at.value_or(t.entry->opened_at) + after;
}

bool Pass::is_restart() const {
    const auto& due = t.entry->restarts_at;
    return due && c.now.aws() >= *due - restart_tolerance && c.now.aws() <= *due + restart_lasts;
}

bool Pass::just_called() const {
    return t.seen_at < t.last_call + call_takes_effect_within;
}

std::optional<Guard> Pass::guard() const {
    const bool forced = t.registration && t.registration->force;
    return seen().guard && seen().guard->by_tag && forced ? std::nullopt : seen().guard;
}

bool close_as_gone(Pass& p) {
    p.announce(Level::warning, Reason::gone,
               fmt::format("{} is no longer there; doze forgets its snapshot.", p.name()));
    p.t.settled_for_absence = true;
    p.close();
    return true;
}

}  // namespace doze::core
