#include "commands/handshake.hpp"

#include <utility>

namespace doze::commands {
namespace {

PageGate::Done then_reply(Completion done) {
    return [done = std::move(done)](const Result<Secret>& key) { done(PasswordReply{key}); };
}

ImmediateReply choose(const Secret& password, PageGate& gate, const std::function<Completion()>& later) {
    if (!gate.wants_password())
        return PasswordReply{Error{.code = ErrorCode::bad_request,
                                   .message = "This page has no password.",
                                   .next_step = "Set web.password in settings.json to true to give it one."}};
    if (!gate.may_choose())
        return PasswordReply{Error{.code = ErrorCode::access_denied,
                                   .message = "The page's password is chosen on the machine where doze runs.",
                                   .next_step = "Open the page there first."}};
    gate.choose(password, then_reply(later()));
    return std::nullopt;
}

ImmediateReply verify(const Secret& password, PageGate& gate, const std::function<Completion()>& later) {
    if (!gate.wants_password()) return PasswordReply{Secret()};
    gate.verify(password, then_reply(later()));
    return std::nullopt;
}

PasswordReply verify_key(const Secret& key, PageGate& gate) {
    if (gate.wants_password())
        if (const auto known = gate.verify_key(key); !known) return {known.error()};
    return {key};
}

}  // namespace

Result<Reply> handle(const AuthRequest& request, const CheckToken& check) {
    if (const auto checked = check(request.token.view()); !checked) return checked.error();
    return DoneReply{"You may talk now."};
}

ImmediateReply handle(const PasswordRequest& request, PageGate& gate, const std::function<Completion()>& later) {
    switch (request.action) {
        case PasswordAction::ask:
            return PasswordStateReply{.is_wanted = gate.wants_password(), .is_chosen = gate.has_password()};
        case PasswordAction::choose: return choose(request.secret, gate, later);
        case PasswordAction::verify: return verify(request.secret, gate, later);
        case PasswordAction::verify_key: return verify_key(request.secret, gate);
        case PasswordAction::log_out: break;
    }
    gate.log_out();
    return PasswordReply{Secret()};
}

}  // namespace doze::commands
