#include "core/reconcile/reconcile.hpp"

#include <fmt/format.h>
#include <utility>

#include "core/reconcile/account.hpp"
#include "core/reconcile/pauses.hpp"
#include "core/reconcile/reconciler.hpp"

namespace doze::core {
namespace {

/// An open row in a dry run: it stays as it is, and what would be called about it is shown.
bool show_row(Reconciler& p) {
    const auto& t = p.t;
    const bool by_person = t.entry->owner == Initiator::person;
    const bool sleeps = t.entry->step == SleepState::sleeping;
    const bool wanted_awake = t.requested_awake || (by_person ? t.entry->step == SleepState::waking : !p.c.away);
    if (!t.seen) {
        p.look();
    } else if (wanted_awake && p.seen().phase == Phase::asleep) {
        p.only_show(fmt::format("be woken now (size {})", to_string(t.scale_to.value_or(t.entry->snapshot))));
    } else if (!wanted_awake && sleeps && p.seen().phase == Phase::awake && (by_person || !(p.c.held || p.c.blind))) {
        p.only_show(fmt::format("be put to sleep now (size {})", to_string(p.seen().size)));
    } else {
        p.t.only_shown.reset();
    }
    return false;
}

bool plan_step(Reconciler& p) {
    if (p.t.is_fresh() && p.seen().stuck) return plan_stuck(p);
    if (!p.t.entry) return plan_awake(p);
    if (p.c.settings.dry_run && p.t.entry->step != SleepState::left_awake) return show_row(p);
    switch (p.t.entry->step) {
        case SleepState::sleeping: return plan_sleeping(p);
        case SleepState::asleep: return plan_asleep(p);
        case SleepState::waking: return plan_waking(p);
        case SleepState::left_awake: return plan_left_awake(p);
        case SleepState::letting_go: return plan_letting_go(p);
    }
    return false;
}

bool says_the_same(const Observation& one, const Observation& other) {
    return one.phase == other.phase && one.created_at == other.created_at &&
           (one.phase != Phase::asleep || (one.changed_at == other.changed_at && one.reason == other.reason));
}

/// A person who sees their instance go wants to know who it was.
void tell_if_stopped_by_somebody(Reconciler& p, const Observation& before) {
    if (p.c.away || p.t.entry || !p.t.registration || before.phase != Phase::awake) return;
    const auto phase = p.seen().phase;
    // Soon after a wake an old answer shows what slept.
    if ((phase != Phase::falling_asleep && phase != Phase::asleep) || p.just_called()) return;
    p.announce(Level::warning, Reason::changed_by_hand,
               fmt::format("{} was stopped by somebody else while you are here; doze leaves it so.", p.name()));
}

}  // namespace

bool Batch::empty() const {
    return put.empty() && close.empty() && sleep.targets.empty() && wake.targets.empty() && looks.empty() &&
           accounts.empty() && replies.empty() && announcements.empty();
}

std::vector<Effect> Batch::effects() && {
    std::vector<Effect> all;
    if (!put.empty() || !close.empty()) all.emplace_back(Journal{std::move(put), std::move(close)});
    if (!wake.targets.empty()) all.emplace_back(std::move(wake));
    if (!sleep.targets.empty()) all.emplace_back(std::move(sleep));
    for (auto& account : accounts) all.emplace_back(std::move(account));
    for (auto& [depth, ids] : looks) all.emplace_back(Look{std::move(ids), depth});
    for (auto& reply : replies) all.push_back(std::move(reply));
    for (auto& announcement : announcements) all.push_back(std::move(announcement));
    return all;
}

void plan(ResourceRecord& tracked, const Inputs& inputs, Batch& out) {
    tracked.due.reset();
    tracked.describe_wanted.reset();
    if (!inputs.settings.dry_run) tracked.only_shown.reset();
    if (tracked.call_out) return;
    Reconciler pass(tracked, inputs, out);
    // Each step leads to the next one or to a wait; a resource can't take more than all of them at once.
    for (int moves = 0; moves < 8 && !tracked.call_out; ++moves)
        if (!reconcile_request(pass) && !plan_step(pass)) return;
}

void on_described(ResourceRecord& tracked, const Result<Observation>& seen, TimePoint asked_at, const Inputs& inputs,
                  Batch& out, bool is_told) {
    if (asked_at < tracked.seen_at) return;
    if (seen) {
        Reconciler pass(tracked, inputs, out);
        if (const auto stranger = check_owner(pass, *seen))
            return on_described(tracked, *stranger, asked_at, inputs, out);
        const auto before = std::exchange(tracked.seen, *seen);
        tracked.seen_at = asked_at;
        tracked.answered_at = inputs.now.boot;
        if (tracked.doubt && !says_the_same(tracked.doubt->seen, *seen)) tracked.doubt.reset();
        if (before) tell_if_stopped_by_somebody(pass, *before);
        if (tracked.failed_describes > 0) tracked.trouble.reset();
        tracked.failed_describes = 0;
        return;
    }
    const auto& error = seen.error();
    ++tracked.failed_describes;
    const bool elsewhere = error.code == ErrorCode::other_account;
    const auto recovery = elsewhere                              ? Recovery::wait  // A sign-in mends it.
                          : error.recovery == Recovery::capacity ? Recovery::retry
                                                                 : error.recovery;
    tracked.next_describe =
        inputs.now.boot + retry_pause(recovery, tracked.failed_describes, inputs.settings.check_interval);
    Reconciler pass(tracked, inputs, out);
    // Of an account all that is in it is told at once (engine).
    if (!is_told && !elsewhere && (!tracked.trouble || tracked.trouble->message != error.message))
        pass.announce(Level::error, Reason::refused, error.within("looking at " + pass.name()).text());
    tracked.trouble = error;
    if (tracked.order) {
        pass.reply(error);
        tracked.requested_awake = tracked.requested_awake && tracked.entry.has_value();
    }
}

namespace {

/// AWS does not hibernate it. What is in its memory is worth some minutes, unless AWS says that it never will.
void on_not_hibernated(Reconciler& p, const Error& error) {
    auto& t = p.t;
    const bool first = !t.not_hibernated.has_value();
    if (first) t.not_hibernated = p.c.now.boot;
    t.trouble = error;
    const bool over = error.recovery == Recovery::plainly || p.c.now.boot - *t.not_hibernated >= hibernation_patience;
    if (over) {
        t.plainly = true;
        t.next_call = p.c.now.boot;
        p.announce(Level::warning, Reason::refused,
                   fmt::format("{} is stopped instead of hibernated, so what is in its memory is lost. {}", p.name(),
                               error.message));
    } else {
        t.next_call = p.c.now.boot + hibernation_pause;
        if (first)
            p.announce(Level::info, Reason::refused,
                       fmt::format("{} can't be hibernated yet; doze tries again for {}, and then stops it. {}",
                                   p.name(), to_string(hibernation_patience), error.message));
    }
    if (t.order)
        p.reply(over ? fmt::format("{} can't be hibernated; doze stops it instead.", p.name())
                     : fmt::format("{} can't be hibernated yet; doze tries again for {}, and then stops it.", p.name(),
                                   to_string(hibernation_patience)));
}

}  // namespace

void on_call_returned(ResourceRecord& tracked, const CallReturned& acted, const Inputs& inputs, Batch& out) {
    auto& t = tracked;
    Reconciler pass(t, inputs, out);
    t.call_out = false;
    t.looks = 0;
    t.fresh_from = inputs.now.boot;
    if (!t.entry) return;
    const bool waking = t.entry->step != SleepState::sleeping;
    // A newer order has not moved the row yet: this answer is none of its.
    const bool ordered = t.order && t.order->moved;
    if (acted.accepted) {
        t.accepted_at = inputs.now.boot;
        if (t.asked) t.taken = t.asked;
        // AWS takes its time: a look at once would only see it on its way.
        t.next_describe = next_describe(inputs.now.boot, t.looks++);
        t.trouble.reset();
        if (ordered) pass.reply(fmt::format("{} is {}.", pass.name(), waking ? "starting" : "stopping"));
        return;
    }
    const auto& error = acted.accepted.error();
    t.uncertain = t.uncertain || (acted.called && (error.recovery == Recovery::retry || error.unanswered));
    if (std::exchange(t.hibernating, false) &&
        (error.recovery == Recovery::wait || error.recovery == Recovery::plainly))
        return on_not_hibernated(pass, error);
    ++t.attempts;
    t.next_call = inputs.now.boot + retry_pause(error.recovery, t.attempts, inputs.settings.check_interval);
    const auto& told = t.trouble;
    if (error.recovery != Recovery::wait && error.code != ErrorCode::other_account &&
        (!told || told->message != error.message))
        pass.announce(Level::error, Reason::refused,
                      error.within((waking ? "waking " : "putting to sleep ") + pass.name()).text());
    t.trouble = error;
    if (ordered && error.recovery == Recovery::wait) {
        pass.reply(
            fmt::format("{} is in transit; doze {} it as soon as it can.", pass.name(), waking ? "starts" : "stops"));
    } else if (ordered) {
        pass.reply(error);
        // What passes by itself is tried again: so the order stands, and so AWS's refusal is told.
        if (error.recovery == Recovery::retry || error.recovery == Recovery::capacity) return;
        t.give_up = true;
        t.requested_awake = false;
    } else if (!waking && error.recovery == Recovery::tell) {
        t.give_up = true;
    }
}

void keep_request(ResourceRecord& tracked, const Inputs& inputs, Batch& out) {
    if (!tracked.entry || inputs.settings.dry_run) return;
    tracked.requested_awake = true;
    Reconciler(tracked, inputs, out).record();
}

void end_request(ResourceRecord& tracked, Batch& out) {
    tracked.requested_awake = false;
    if (!tracked.entry || !tracked.entry->requested) return;
    tracked.entry->requested = false;
    out.put.push_back(*tracked.entry);
}

void on_turn(ResourceRecord& tracked, bool away, TimePoint now) {
    if (away) {
        tracked.settled_for_absence = false;
        tracked.absent_since = now;
    }
    tracked.only_shown.reset();
    tracked.give_up = false;
    tracked.busy.reset();
    tracked.told_stuck = false;
    if (!tracked.call_out) tracked.fresh_from = now;
    tracked.next_describe = tracked.next_call = TimePoint::min();
    tracked.looks = 0;
}

}  // namespace doze::core
