#include "core/plan/plan.hpp"

#include <fmt/format.h>
#include <utility>

#include "core/plan/pass.hpp"
#include "core/plan/pauses.hpp"

namespace doze::core {
namespace {

bool is_in_transit(Phase phase) {
    return phase == Phase::falling_asleep || phase == Phase::waking || phase == Phase::changing;
}

bool close_as_gone(Pass& p) {
    p.announce(Level::warning, Reason::gone,
               fmt::format("{} is no longer there; doze forgets its snapshot.", p.name()));
    p.t.settled_for_absence = true;
    p.close();
    return true;
}

/// Nobody sleeps yet: decide whether it must, once for each absence.
bool consider(Pass& p) {
    if (!p.c.away || p.c.blind || p.t.settled_for_absence || !p.t.registration) return false;
    if (!p.t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    if (is_in_transit(seen.phase)) {
        p.t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase != Phase::awake) {
        p.t.settled_for_absence = true;
        return false;
    }
    if (const auto guard = p.guard()) {
        p.t.settled_for_absence = true;
        p.announce(Level::warning, Reason::guarded, fmt::format("{} stays awake. {}", p.name(), guard->why));
        return false;
    }
    if (p.c.settings.dry_run) {
        p.t.settled_for_absence = true;
        p.announce(Level::info, Reason::dry_run,
                   fmt::format("{} would be put to sleep now (size {}).", p.name(), to_string(seen.size)));
        return false;
    }
    p.enter(Step::sleeping, Owner::doze, seen.size);
    p.announce(Level::info, Reason::away,
               fmt::format("Putting {} to sleep (size {}).", p.name(), to_string(seen.size)));
    return true;
}

/// Left awake in this absence, and seen awake: remembered, so that a restart leaves it awake too.
bool remember_left_awake(Pass& p) {
    if (!p.c.away || !p.t.settled_for_absence || !p.t.registration || p.c.settings.dry_run) return false;
    if (!p.t.seen || p.seen().phase != Phase::awake || p.seen().guard) return false;
    p.enter(Step::left_awake, Owner::person, p.seen().size);
    p.record();
    return false;
}

bool plan_sleeping(Pass& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Owner::person;
    const bool wanted = !t.ordered_awake && (by_person || p.c.away);
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return close_as_gone(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = true;
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase == Phase::asleep) {
        if (!p.is_own_sleep()) {
            p.announce(Level::info, Reason::changed_by_hand,
                       fmt::format("{} was put to sleep by somebody else; doze leaves it so.", p.name()));
            t.settled_for_absence = true;
            p.close();
            return true;
        }
        if (!wanted) {
            p.enter(Step::waking);
            p.announce(Level::info, Reason::returned,
                       fmt::format("Waking {} (size {}).", p.name(), to_string(t.entry->snapshot)));
            return true;
        }
        if (!seen.settled) {
            t.fresh_from = p.c.now.boot;
            p.look();
            return false;
        }
        t.entry->left_size = seen.size;
        t.entry->left_changed_at = seen.changed_at;
        p.enter(Step::asleep);
        p.record();
        t.settled_for_absence = true;
        p.announce(Level::info, Reason::verified,
                   fmt::format("{} is asleep (was {}).", p.name(), to_string(t.entry->snapshot)));
        return true;
    }
    // Awake: the call has not gone out, was refused, or does not show yet.
    const bool may_still_happen = (t.accepted_at || t.uncertain) && p.just_called();
    if (seen.size != t.entry->snapshot) {
        if (may_still_happen && !p.is_surprise_real()) return false;
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed to {} by somebody else.", p.name(), to_string(seen.size)));
        t.settled_for_absence = t.settled_for_absence || t.accepted_at.has_value();
        p.close();
        return true;
    }
    const bool go_on = wanted && !t.give_up;
    // Asking again does no harm, so only what AWS accepted is waited for before another call; but before
    // the row may be closed everything that can still happen must have had its time.
    if (go_on ? t.accepted_at && p.just_called() : may_still_happen) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (!go_on) {
        t.settled_for_absence = true;
        p.announce(Level::info, wanted ? Reason::refused : Reason::returned, fmt::format("{} stays awake.", p.name()));
        p.close();
        return true;
    }
    if (!by_person && p.c.blind) return false;
    if (const auto guard = p.guard()) {
        t.settled_for_absence = true;
        p.announce(Level::warning, Reason::guarded, fmt::format("{} stays awake. {}", p.name(), guard->why));
        p.close();
        return true;
    }
    p.send(Verb::sleep, t.entry->snapshot);
    return false;
}

bool plan_asleep(Pass& p) {
    auto& t = p.t;
    const bool wanted_awake = t.ordered_awake || (t.entry->owner == Owner::doze && !p.c.away);
    if (wanted_awake && !t.is_fresh()) {
        p.look();
        return false;
    }
    if (!t.seen) return false;
    const auto& seen = p.seen();
    if (seen.phase == Phase::gone) return t.is_fresh() ? close_as_gone(p) : (p.look(), false);
    if (seen.phase == Phase::asleep) {
        t.surprised_at.reset();
        if (!wanted_awake) return false;
        if (!p.is_as_left()) {
            p.announce(
                Level::info, Reason::changed_by_hand,
                fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
            p.close();
            return true;
        }
        if (p.c.settings.dry_run) {
            if (t.trouble) return false;
            t.trouble = Error{.code = ErrorCode::internal,
                              .message = "Dry run: doze does not wake it.",
                              .next_step = "Switch dry_run off."};
            p.announce(Level::info, Reason::dry_run, fmt::format("{} would be woken now.", p.name()));
            return false;
        }
        p.enter(Step::waking);
        p.announce(Level::info, t.ordered_awake ? Reason::command : Reason::returned,
                   fmt::format("Waking {} (size {}).", p.name(), to_string(t.entry->snapshot)));
        return true;
    }
    if (is_in_transit(seen.phase)) {
        if (!wanted_awake) return false;  // The next survey tells.
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    // Awake, against the journal.
    if (!p.is_surprise_real()) return false;
    p.announce(
        Level::info, Reason::started_by_hand,
        fmt::format("{} was woken by somebody else (size {}); doze leaves it awake.", p.name(), to_string(seen.size)));
    t.settled_for_absence = true;
    p.close();
    return true;
}

/// Waking did not come about: asleep again, or still.
bool plan_wake_again(Pass& p) {
    auto& t = p.t;
    const bool by_person = t.entry->owner == Owner::person;
    const bool go_on = (by_person || t.ordered_awake || !p.c.away) && !t.give_up;
    const bool has_time = p.just_called() && !t.saw_transit;
    if (has_time && (t.accepted_at || (t.uncertain && !go_on))) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (!go_on) {
        if (by_person && !t.entry->left_size) {  // Opened by the order alone: nothing to restore later.
            p.close();
            return true;
        }
        // Whatever stopped it this time, it is asleep for the same reason as before.
        t.entry->left_size = p.seen().size;
        t.entry->left_changed_at = p.seen().changed_at;
        p.enter(Step::asleep);
        p.record();
        return true;
    }
    if (t.accepted_at) {
        // AWS said yes and it fell back: lack of capacity, a key, a volume. Its own words tell.
        t.accepted_at.reset();
        t.saw_transit = false;
        t.uncertain = true;
        ++t.attempts;
        t.next_call = p.c.now.boot + retry_pause(Recovery::capacity, t.attempts, p.c.settings.check_interval);
        t.trouble = Error{
            .code = ErrorCode::aws_error,
            .message = fmt::format("{} did not start: {}", p.name(), p.seen().reason.value_or("AWS gives no reason.")),
            .next_step = "doze tries again by itself.",
            .recovery = Recovery::capacity};
        p.announce(Level::error, Reason::refused, t.trouble->text());
    }
    if (!t.uncertain && !p.is_as_left()) {
        p.announce(Level::info, Reason::changed_by_hand,
                   fmt::format("{} was changed by somebody else while it slept; doze leaves it as it is.", p.name()));
        p.close();
        return true;
    }
    p.send(Verb::wake, t.scale_to.value_or(t.entry->snapshot));
    return false;
}

bool plan_waking(Pass& p) {
    auto& t = p.t;
    if (!t.is_fresh()) {
        p.look();
        return false;
    }
    const auto& seen = p.seen();
    const Size goal = t.scale_to.value_or(t.entry->snapshot);
    if (seen.phase == Phase::gone) return close_as_gone(p);
    if (is_in_transit(seen.phase)) {
        t.saw_transit = t.saw_transit || t.accepted_at.has_value();
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.phase == Phase::asleep) return plan_wake_again(p);

    if (seen.size != goal) {
        if (t.scale_to && !t.accepted_at && !t.give_up) {
            p.send(Verb::wake, goal);
            return false;
        }
        if ((t.accepted_at || t.uncertain) && p.just_called() && !p.is_surprise_real()) return false;
        if (!t.give_up)
            p.announce(Level::info, Reason::changed_by_hand,
                       fmt::format("{} was changed to {} by somebody else; doze leaves it so.", p.name(),
                                   to_string(seen.size)));
        t.settled_for_absence = true;
        p.close();
        return true;
    }
    const bool leaving_again = p.c.away && !t.ordered_awake;
    const bool waited_enough = t.accepted_at && p.c.now.boot - *t.accepted_at >= tasks_start_within;
    if (!seen.settled && !waited_enough && !leaving_again) {
        t.fresh_from = p.c.now.boot;
        p.look();
        return false;
    }
    if (seen.settled || leaving_again)
        p.announce(Level::info, Reason::verified,
                   fmt::format("{} is awake (size {}).", p.name(), to_string(seen.size)));
    else
        p.announce(Level::warning, Reason::verified,
                   fmt::format("{} has its size {} back, but only {} of its tasks run. Its events at AWS tell why.",
                               p.name(), to_string(seen.size), seen.running.value_or(0)));
    t.trouble.reset();
    if (t.ordered_awake) t.settled_for_absence = true;
    p.close();
    return true;
}

bool plan_left_awake(Pass& p) {
    if (p.c.away) {
        p.t.settled_for_absence = true;
        return false;
    }
    p.close();
    return false;
}

bool plan_step(Pass& p) {
    if (!p.t.entry) return consider(p) || remember_left_awake(p);
    switch (p.t.entry->step) {
        case Step::sleeping: return plan_sleeping(p);
        case Step::asleep: return plan_asleep(p);
        case Step::waking: return plan_waking(p);
        case Step::left_awake: return plan_left_awake(p);
    }
    return false;
}

}  // namespace

bool Decisions::empty() const {
    return put.empty() && close.empty() && sleep.targets.empty() && wake.targets.empty() && looks.empty() &&
           replies.empty() && announcements.empty();
}

std::vector<Effect> Decisions::effects() && {
    std::vector<Effect> all;
    if (!put.empty() || !close.empty()) all.emplace_back(Journal{std::move(put), std::move(close)});
    if (!wake.targets.empty()) all.emplace_back(std::move(wake));
    if (!sleep.targets.empty()) all.emplace_back(std::move(sleep));
    if (!looks.empty()) all.emplace_back(Look{std::move(looks)});
    for (auto& reply : replies) all.push_back(std::move(reply));
    for (auto& announcement : announcements) all.push_back(std::move(announcement));
    return all;
}

void plan(Tracked& tracked, const Circumstances& circumstances, Decisions& out) {
    tracked.due.reset();
    if (tracked.call_out) return;
    Pass pass(tracked, circumstances, out);
    // Each step leads to the next one or to a wait; a resource can't take more than all of them at once.
    for (int moves = 0; moves < 8 && !tracked.call_out; ++moves)
        if (!plan_order(pass) && !plan_step(pass)) return;
}

void on_looked(Tracked& tracked, const Result<Observation>& seen, TimePoint asked_at,
               const Circumstances& circumstances, Decisions& out) {
    if (asked_at < tracked.seen_at) return;
    if (seen) {
        tracked.seen = *seen;
        tracked.seen_at = asked_at;
        if (tracked.failed_looks > 0) tracked.trouble.reset();
        tracked.failed_looks = 0;
        return;
    }
    const auto& error = seen.error();
    ++tracked.failed_looks;
    tracked.next_look =
        circumstances.now.boot + retry_pause(error.recovery == Recovery::capacity ? Recovery::retry : error.recovery,
                                             tracked.failed_looks, circumstances.settings.check_interval);
    Pass pass(tracked, circumstances, out);
    if (!tracked.trouble || tracked.trouble->message != error.message)
        pass.announce(Level::error, Reason::refused, error.within("looking at " + pass.name()).text());
    tracked.trouble = error;
    if (tracked.order) {
        pass.reply(error);
        tracked.ordered_awake = tracked.ordered_awake && tracked.entry.has_value();
    }
}

void on_acted(Tracked& tracked, const Acted& acted, const Circumstances& circumstances, Decisions& out) {
    auto& t = tracked;
    Pass pass(t, circumstances, out);
    t.call_out = false;
    t.looks = 0;
    t.fresh_from = circumstances.now.boot;
    if (!t.entry) return;
    const bool waking = t.entry->step == Step::waking;
    if (acted.accepted) {
        t.accepted_at = circumstances.now.boot;
        t.next_look = t.fresh_from = circumstances.now.boot;
        t.trouble.reset();
        if (t.order) pass.reply(fmt::format("{} is {}.", pass.name(), waking ? "starting" : "stopping"));
        return;
    }
    const auto& error = acted.accepted.error();
    ++t.attempts;
    t.next_call =
        circumstances.now.boot + retry_pause(error.recovery, t.attempts, circumstances.settings.check_interval);
    t.uncertain = t.uncertain || (acted.called && error.recovery == Recovery::retry);
    const auto& told = t.trouble;
    if (error.recovery != Recovery::wait && (!told || told->message != error.message))
        pass.announce(Level::error, Reason::refused,
                      error.within((waking ? "waking " : "putting to sleep ") + pass.name()).text());
    t.trouble = error;
    const bool ordered = t.order.has_value();
    if (ordered && error.recovery == Recovery::wait) {
        pass.reply(
            fmt::format("{} is in transit; doze {} it as soon as it can.", pass.name(), waking ? "starts" : "stops"));
    } else if (ordered) {
        pass.reply(error);
        t.give_up = true;
        t.ordered_awake = false;
    } else if (!waking && error.recovery == Recovery::tell) {
        t.give_up = true;
    }
}

void on_turn(Tracked& tracked, bool away, TimePoint now) {
    if (away) {
        tracked.settled_for_absence = false;
        tracked.ordered_awake = false;
    }
    tracked.give_up = false;
    if (!tracked.call_out) tracked.fresh_from = now;
    tracked.next_look = tracked.next_call = TimePoint::min();
    tracked.looks = 0;
    tracked.surprised_at.reset();
}

}  // namespace doze::core
