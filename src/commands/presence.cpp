// AWAY and USER_ACTIVITY.
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

void leave(Call call) {
    auto& host = call.host();
    host.order([](core::RequestId order) { return core::LeaveRequested{order}; },
               [call = std::move(call)](const Result<core::RequestResult>& result) {
                   if (!result) return call.fail(result.error());
                   call.succeed([&](JsonWriter& writer) {
                       if (call.form() == Form::json) writer.member("result", true);
                       writer.member("message", result->message);
                   });
               });
}

}  // namespace

void away_text(Call call, Parts) {
    leave(std::move(call));
}

void away_json(Call call, const Message&) {
    leave(std::move(call));
}

void activity_json(Call call, const Message& message) {
    const auto activity = optional_text(message.content(), "activity");
    // Clients may send doze's own timer events back: no sign of life, whatever they are called.
    if (activity && *activity && (*activity)->starts_with("TIMER_")) return;
    call.host().post(core::ActivitySeen{{.kind = core::ActivityKind::session, .at = call.host().now().boot}});
}

}  // namespace doze::commands
