// Whose a resource is: rows and registrations belong to an account.
#include "core/reconcile/account.hpp"

#include <fmt/format.h>

namespace doze::core {
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

/// Does the answer say that what sleeps was woken, or that its sleep did not come about?
bool contradicts_sleep(const Reconciler& p, const Observation& seen) {
    if (p.record.id.kind == Kind::ec2 || seen.phase != Phase::awake) return false;
    const auto& entry = *p.record.entry;
    if (entry.step == SleepState::asleep) return true;
    if (entry.step != SleepState::sleeping || !p.record.calls.may_have_happened()) return false;
    return p.desired().awaited || differ(undone(p.record.id.kind, entry.snapshot, seen.size), entry.snapshot);
}

/// Is this what the row, which does not know its account yet, is about? An instance's id is nobody else's; a name may
/// be.
bool looks_as_left(Reconciler& p, const Observation& seen) {
    const auto& entry = *p.record.entry;
    if (seen.phase == Phase::gone) return p.record.id.kind == Kind::ec2 && seen.is_said_gone();
    if (p.record.request) return true;  // Its person means this one.
    if (p.record.id.kind == Kind::ec2) return true;
    if (is_in_transit(seen.phase)) return entry.step != SleepState::asleep;
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
    if (!entry || entry->step == SleepState::left_awake) return false;
    if (seen.phase == Phase::gone) return p.record.id.kind != Kind::ec2 || !seen.is_said_gone();
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
    if (t.entry && t.entry->step != SleepState::left_awake && !looks_as_left(p, seen)) return not_as_left(seen);
    if (seen.phase == Phase::gone && !t.entry) return std::nullopt;
    take_account(t, here, p.out);
    if (t.entry) p.write();
    return std::nullopt;
}

void take_account(ResourceRecord& record, const AccountId& account, Batch& out) {
    record.account = account;
    if (record.entry && record.entry->account.str().empty()) record.entry->account = account;
    if (record.registration) out.accounts.push_back({.id = record.id, .account = account});
}

}  // namespace doze::core
