#include "core/reconcile/reconciler.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <utility>

#include "core/reconcile/describing.hpp"

namespace doze::core {

Next Reconciler::describe(Depth depth) {
    auto& polling = record.polling;
    if (polling.wanted && *polling.wanted != Depth::usual) return Next::wait;
    polling.wanted = depth;
    // What AWS accepted shows by then: it is not left unseen until the next beat.
    const auto shows_at = record.calls.last + call_takes_effect_within;
    if (record.calls.outcome == CallState::Outcome::accepted && now() < shows_at)
        polling.next = std::min(polling.next, shows_at);
    polling.due = std::max(polling.next, now());
    if (!polling.out && now() < polling.due) record.wait(polling.due);
    return Next::wait;
}

Next Reconciler::describe_again(Depth depth) {
    record.polling.fresh_from = now();
    return describe(depth);
}

void Reconciler::enter(SleepState state, Initiator initiator, const Size& snapshot) {
    if (!record.entry)
        record.entry = JournalEntry{.id = record.id,
                                    .sleep_state = state,
                                    .initiator = initiator,
                                    .snapshot = snapshot,
                                    .opened_at = context_.now.aws(),
                                    .account = record.account,
                                    .created_at = record.seen ? record.seen->created_at : std::nullopt};
    record.entry->sleep_state = state;
    record.entry->initiator = initiator;
    record.calls.restart();
    record.polling.hurry();
    end_correcting(state);
    record.restored.reset();
    // What is let go for what was seen is proven by that.
    if (state != SleepState::letting_go) record.doubt.reset();
}

Next Reconciler::start_waking(Reason reason, std::string_view why) {
    const auto goal = undone();
    const auto& before = record.entry->snapshot;
    enter(SleepState::waking);
    const bool fits = goal.desired == before.desired;
    announce(fits ? Level::info : Level::warning, reason,
             fmt::format("Waking {} (size {}){}{}.", name(), to_string(goal), why,
                         fits ? std::string()
                              : fmt::format("; somebody changed its bounds, and its size before, {}, does not fit them",
                                            to_string(before))));
    return Next::again;
}

void Reconciler::write() {
    record.entry->requested = record.requested_awake;
    record.entry->goal = record.scale_to;
    out.put.push_back(*record.entry);
}

void Reconciler::close() {
    // In one commit the closes come first: what was written of the row just now must not outlive it.
    std::erase_if(out.put, [&](const JournalEntry& entry) { return entry.id == record.id; });
    out.close.push_back(record.id);
    record.entry.reset();
    record.scale_to.reset();
    record.doubt.reset();
    record.left_reliable_from.reset();
    record.calls.restart();
    if (record.request) record.request->stage = Request::Stage::waiting;
}

Next Reconciler::close_for_absence(Level level, Reason reason, std::string text) {
    record.absence_handled = true;
    announce(level, reason, std::move(text));
    close();
    return Next::again;
}

void Reconciler::send(Verb verb, Target target) {
    auto& entry = *record.entry;
    if (is_dry_run()) return;
    if (verb == Verb::sleep && entry.initiator == Initiator::doze && context_.blind) return;
    if (now() < record.calls.next) return record.wait(record.calls.next);
    entry.requested = record.requested_awake;
    entry.goal = record.scale_to;
    entry.called_at = context_.now.aws();
    if (!target.desired_stays) {
        record.doubt.reset();
        record.calls.asked = target.size.desired;
    }
    target.pool = seen().pool;
    target.hibernate = verb == Verb::sleep && record.registration && record.registration->hibernate &&
                       seen().can_hibernate && !record.calls.plainly;
    target.account = entry.account;
    record.calls.send(now(), target.hibernate);
    auto& call = verb == Verb::sleep ? out.sleep : out.wake;
    call.intents.push_back(entry);
    call.targets.push_back(std::move(target));
}

void Reconciler::only_show(std::string what) {
    if (record.only_shown == what) return;
    announce(Level::info, Reason::dry_run, fmt::format("{} would {}.", name(), what));
    record.only_shown = std::move(what);
}

void Reconciler::put_back() {
    Target target{.id = record.id, .size = undone(), .desired_stays = true};
    // A bound that is as it should be is not asked for: somebody may be changing it just now.
    if (target.size.min == seen().size.min) target.size.min.reset();
    if (target.size.max == seen().size.max) target.size.max.reset();
    send(Verb::wake, std::move(target));
}

void Reconciler::let_go() {
    record.absence_handled = is_awake_for_this_absence();
    if (!is_owed()) return close();
    enter(SleepState::letting_go);
    write();
}

void Reconciler::announce(Level level, Reason reason, std::string text) {
    out.announcements.emplace_back(
        Announce{.level = level, .reason = reason, .id = record.id, .text = std::move(text)});
}

void Reconciler::reply(const Result<RequestResult>& result) {
    if (!record.request) return;
    for (const RequestId id : record.request->ids) out.replies.emplace_back(Reply{.request = id, .result = result});
    record.request.reset();
}

void Reconciler::reply(std::string message) {
    reply(RequestResult{
        .message = std::move(message), .id = record.id, .registration = record.registration, .state = seen().state});
}

bool Reconciler::is_proven() {
    auto& polling = record.polling;
    if (!record.doubt) record.doubt = Doubt{.seen = seen(), .since = polling.answered_at};
    const auto proof_at = record.doubt->since + proof_takes;
    if (polling.seen_at >= proof_at) return true;
    if (desired().awaited || record.request) {
        // If the answer was wrong, it is found out soon.
        if (record.is_fresh()) polling.fresh_from = now();
        if (now() < proof_at) polling.next = std::min(polling.next, proof_at);
    } else {
        polling.next = std::max(polling.next, proof_at);
    }
    describe();
    return false;
}

bool is_another(const JournalEntry& entry, const Observation& seen) {
    const auto& ours = entry.created_at;
    const auto& its = seen.created_at;
    return ours && its && std::chrono::abs(*its - *ours) >= std::chrono::seconds(1);
}

bool Reconciler::is_owed() const {
    const bool unseen = record.entry->snapshot.min && !seen().size.min;
    return unseen ? !record.calls.is_accepted() : differ(undone(), seen().size);
}

bool Reconciler::is_awake_for_this_absence() const {
    return !record.doubt || record.doubt->since >= record.absent_since;
}

std::optional<WallTime> Reconciler::restart_time() const {
    const auto after = info(record.id.kind).restarts_after;
    if (after == Duration::zero()) return std::nullopt;
    return seen().restarts_at ? seen().restarts_at : record.entry->called_at.value_or(record.entry->opened_at) + after;
}

bool Reconciler::is_restart() const {
    const auto& due = record.entry->restarts_at;
    return due && context_.now.aws() >= *due - restart_tolerance && context_.now.aws() <= *due + restart_lasts;
}

bool Reconciler::just_called() const {
    return record.polling.seen_at < record.calls.last + call_takes_effect_within;
}

std::optional<Guard> Reconciler::guard() const {
    return guard_of(record);
}

Next reconcile_lost(Reconciler& p) {
    const bool is_gone = p.seen().phase == Phase::gone;
    if (!p.seen().is_said_gone() && !p.is_proven()) return Next::wait;
    return p.close_for_absence(
        Level::warning, Reason::gone,
        is_gone ? fmt::format("{} is no longer there; doze forgets its snapshot.", p.name())
                : fmt::format("{} was deleted, and another one was made under its name, which is not doze's to "
                              "wake; doze forgets the snapshot of the first.",
                              p.name()));
}

std::optional<Next> await_rest(Reconciler& p) {
    if (!p.record.is_fresh()) return p.describe();
    if (is_lost(p)) return reconcile_lost(p);
    if (!is_in_transit(p.seen().phase)) return std::nullopt;
    p.record.calls.see_under_way();
    return p.describe_again();
}

namespace {

Error elsewhere(const AccountId& its, const AccountId& here) {
    return {
        .code = ErrorCode::other_account,
        .message = here.str().empty()
                       ? fmt::format("It is of account {}, and whose the credentials in use are can't be known now.",
                                     its.str())
                       : fmt::format("It is of account {}, and the credentials in use are of account {}.", its.str(),
                                     here.str()),
        .next_step = here.str().empty()
                         ? "doze asks again by itself."
                         : fmt::format("Sign in to account {} again; doze then goes on by itself. (What is meant to be "
                                       "another account's: unregister it, and register it again.)",
                                       its.str()),
        .recovery = Recovery::retry};
}

/// Then another account has nothing of the same name.
bool has_unique_name(const Reconciler& p) {
    return info(p.record.id.kind).unique_name;
}

/// Does the answer say that what sleeps was woken, or that its sleep did not come about?
bool contradicts_sleep(const Reconciler& p, const Observation& seen) {
    if (has_unique_name(p) || seen.phase != Phase::awake) return false;
    const auto& entry = *p.record.entry;
    if (entry.sleep_state == SleepState::asleep) return true;
    if (entry.sleep_state != SleepState::sleeping || !p.record.calls.may_have_happened()) return false;
    return p.desired().awaited || differ(undone(p.record.id.kind, entry.snapshot, seen.size), entry.snapshot);
}

/// Is this what the row, which does not know its account yet, is about? An instance's id is nobody else's; a name may
/// be.
bool looks_as_left(Reconciler& p, const Observation& seen) {
    const auto& entry = *p.record.entry;
    if (seen.phase == Phase::gone) return has_unique_name(p) && seen.is_said_gone();
    if (p.record.request) return true;  // Its person means this one.
    if (has_unique_name(p)) return true;
    if (is_in_transit(seen.phase)) return entry.sleep_state != SleepState::asleep;
    if (contradicts_sleep(p, seen)) return false;
    if (seen.phase == Phase::awake && !differ(undone(p.record.id.kind, entry.snapshot, seen.size), entry.snapshot))
        return true;
    return seen.phase == Phase::asleep && (!entry.left_size || !differ(*entry.left_size, seen.size));
}

/// Of a row whose account is not known, about an answer of one that is.
Error not_as_left(const Observation& seen) {
    const auto here = seen.account.str();
    if (seen.phase == Phase::gone)
        return {.code = ErrorCode::other_account,
                .message = fmt::format("It is not found in account {}, and may be another account's.", here),
                .next_step = "Sign in to the account in which doze put it to sleep.",
                .recovery = Recovery::retry};
    return {.code = ErrorCode::other_account,
            .message = fmt::format(
                "It does not look as doze left it in account {}, and may be another one of the same name.", here),
            .next_step = "If it is the one: start or stop it by command once.",
            .recovery = Recovery::retry};
}

/// Does the answer say that what the open row is about is gone, replaced, or no longer as doze left it? From another
/// account that looks the same.
bool would_lose(const Reconciler& p, const Observation& seen) {
    const auto& entry = p.record.entry;
    if (!entry || entry->sleep_state == SleepState::left_awake) return false;
    if (seen.phase == Phase::gone) return !has_unique_name(p) || !seen.is_said_gone();
    if (p.record.request)
        return false;  // Its person means this one; and where they want it awake they go on meaning it.
    return is_another(*entry, seen) || (!p.record.requested_awake && contradicts_sleep(p, seen));
}

}  // namespace

std::optional<Error> check_owner(Reconciler& p, const Observation& seen) {
    auto& t = p.record;
    const auto& its = t.owner();
    const auto& here = seen.account;
    if (!its.str().empty()) {
        if (here != its) return elsewhere(its, here);
        if (t.entry && t.entry->account.str().empty()) {
            t.entry->account = here;
            p.write();
        }
        return std::nullopt;
    }
    if (here.str().empty()) {
        if (!would_lose(p, seen)) return std::nullopt;
        return Error{.code = ErrorCode::other_account,
                     .message =
                         "What doze put to sleep is not found, or does not look as doze left it, and whose the "
                         "credentials in use are can't be known now.",
                     .next_step = "doze asks again by itself. If it is the one: start or stop it by command once.",
                     .recovery = Recovery::retry};
    }
    if (t.entry && t.entry->sleep_state != SleepState::left_awake && !looks_as_left(p, seen)) return not_as_left(seen);
    if (seen.phase == Phase::gone && !t.entry) return std::nullopt;
    take_account(t, here, p.out);
    if (t.entry) p.write();
    return std::nullopt;
}

}  // namespace doze::core
