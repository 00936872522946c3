// AWAY, USER_ACTIVITY, SNOOZE, RESUME, HOLD and RELEASE: what the person says of being there, and of staying awake.
#include <chrono>
#include <utility>

#include "commands/arguments.hpp"
#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

Host::Done then_done(Completion done) {
    return [done = std::move(done)](const Result<core::RequestResult>& result) {
        if (!result) return done(result.error());
        done(DoneReply{result->message});
    };
}

/// How long a snooze lasts from now on.
Result<core::Duration> span_of(const SnoozeRequest& request, core::WallTime now) {
    if (request.minutes) return core::Duration(minutes(*request.minutes));
    const auto left = core::WallTime(seconds(*request.until)) - now;
    if (left < core::Holds::shortest_snooze || left > core::Holds::longest_snooze)
        return bad_request(
            "The member 'until' must be from one minute to seven days ahead, in seconds since the epoch.");
    return left;
}

}  // namespace

Answer handle(const AwayRequest&, const Context& context) {
    context.host.order([](core::RequestId order) { return core::LeaveRequested{order}; }, then_done(context.later()));
    return std::nullopt;
}

Answer handle(const ActivityRequest& request, const Context& context) {
    // Clients may send doze's own timer events back: no sign of life, whatever they are called.
    if (!request.activity.starts_with("TIMER_"))
        context.host.post(core::ActivitySeen{{.kind = core::ActivityKind::session, .at = context.host.now().boot}});
    return NoReply{};
}

Answer handle(const SnoozeRequest& request, const Context& context) {
    const auto now = context.host.now();
    const auto span = span_of(request, now.wall);
    if (!span) return span.error();
    const auto until = floor<seconds>(now.wall + *span).time_since_epoch().count();
    context.host.order(
        [&](core::RequestId order) {
            return core::SnoozeRequested{order, now.boot + *span};
        },
        [done = context.later(), until](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            done(SnoozedReply{.until = until, .message = result->message});
        });
    return std::nullopt;
}

Answer handle(const ResumeRequest&, const Context& context) {
    context.host.order([](core::RequestId order) { return core::ResumeRequested{order}; }, then_done(context.later()));
    return std::nullopt;
}

Answer handle(const HoldRequest& request, const Context& context) {
    const auto connection = context.connection.lock();
    if (!connection)
        return bad_request("HOLD works only on a connection, since it ends with it.",
                           "Send it over doze's Unix socket, as `doze hold` does, or snooze.");
    connection->keep(context.host.hold(request.reason, then_done(context.later())));
    return std::nullopt;
}

Answer handle(const ReleaseRequest&, const Context& context) {
    const auto connection = context.connection.lock();
    const bool kept = connection && connection->keeps();
    if (kept) connection->keep(nullptr);
    return DoneReply{kept ? "This connection holds nothing awake any more." : "This connection held nothing awake."};
}

}  // namespace doze::commands
