// REGISTER_* and UNREGISTER_*.
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

Host::Done then_registered(Completion done, core::Registration asked) {
    return [done = std::move(done), asked = std::move(asked)](const Result<core::RequestResult>& result) {
        if (!result) return done(result.error());
        done(RegistrationReply{.registration = result->registration.value_or(asked), .message = result->message});
    };
}

}  // namespace

Answer handle(const RegisterRequest& request, const Context& context) {
    context.host.order(
        [&](core::RequestId order) {
            return core::RegisterRequested{order, request.registration};
        },
        then_registered(context.later(), request.registration));
    return std::nullopt;
}

Answer handle(const UnregisterRequest& request, const Context& context) {
    context.host.order(
        [&](core::RequestId order) {
            return core::UnregisterRequested{order, request.id};
        },
        then_registered(context.later(), {.id = request.id}));
    return std::nullopt;
}

}  // namespace doze::commands
