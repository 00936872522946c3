// Handlers of requests that are answered at once, of actions on resources, of presence and holds, and of registrations.
#include "commands/handlers.hpp"

#include <algorithm>
#include <chrono>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/text.hpp"
#include "commands/lists.hpp"
#include "commands/lookup.hpp"
#include "commands/params.hpp"
#include "commands/table.hpp"

namespace doze::commands {

ImmediateReply handle(const PingRequest&, const Context&) {
    return PongReply{};
}

ImmediateReply handle(const TestRequest&, const Context&) {
    return TestReply{};
}

ImmediateReply handle(const StatusRequest&, const Context& context) {
    return StatusReply{.view = context.host.view(),
                       .now = context.host.now(),
                       .about = &context.about,
                       .journal = context.host.journal()};
}

ImmediateReply handle(const HistoryRequest& request, const Context& context) {
    auto query = request.query;
    const auto wanted = static_cast<std::size_t>(query.limit++);  // One more line shows whether there are more.
    auto lines = context.host.history(query);
    if (!lines) return lines.error();
    const bool has_more = lines->size() > wanted;
    if (has_more) lines->resize(wanted);
    return HistoryReply{.lines = std::move(*lines), .has_more = has_more};
}

ImmediateReply handle(const HelpRequest& request, const Context& context) {
    const auto& word = request.command;
    HelpReply reply;
    for (const auto& command : commands())
        if (!lets_in(command.reach) &&
            (word.empty() || equal_ignoring_case(command.text, word) || equal_ignoring_case(command.type, word)))
            reply.commands.push_back(&command);
    if (reply.commands.empty()) return unknown_command(context.form, word);
    return reply;
}

ImmediateReply handle(const EventsRequest& request, const Context& context) {
    const auto connection = context.connection.lock();
    if (!connection)
        return bad_request("EVENTS works only on a connection: datagrams carry no events.",
                           "Send it over doze's Unix socket, as `doze events` does.");
    if (request.timer) connection->want_timer(*request.timer);
    return EventsReply{};
}

ImmediateReply handle(const Request& request, const Context& context) {
    return std::visit(
        [&]<class One>(const One& one) -> ImmediateReply {
            if constexpr (std::is_same_v<One, AuthRequest> || std::is_same_v<One, PasswordRequest>) {
                // The connection handles these itself, and never passes them on.
                return bad_request("Nothing lets in here.");
            } else {
                // Selects the overload for this request: if it were missing, the call would recurse for ever.
                ImmediateReply (*const own)(const One&, const Context&) = handle;
                return own(one, context);
            }
        },
        request);
}

namespace {

core::Event to_event(const PowerRequest& request, core::RequestId id) {
    if (request.desired_size) return core::ScaleRequested{id, request.id, static_cast<int>(*request.desired_size)};
    if (request.action == PowerAction::stop) return core::StopRequested{id, request.id};
    return core::StartRequested{id, request.id};
}

Result<core::ResourceId> instance_in(std::string_view id, std::string_view region) {
    auto instance = parse_instance_id(id);
    if (!instance) return instance.error();
    auto where = parse_region(region);
    if (!where) return where.error();
    return core::ec2(std::move(*where), *instance);
}

/// Looks the instance up in the inventory. The dashboard may show it under another region, which counts only if doze
/// has never seen the instance.
Result<core::ResourceId> find_instance(const core::SystemView& view, const SwitchInstanceRequest& request) {
    for (const auto& [key, cached] : view.inventory().listings()) {
        if (key.first != core::Kind::ec2) continue;
        auto known = instance_in(request.instance_id, key.second.str());
        if (!known || view.inventory().find(*known)) return known;
    }
    if (request.region.empty())
        return bad_request("The member 'region' is missing, and doze has not seen the instance.");
    return instance_in(request.instance_id, request.region);
}

}  // namespace

ImmediateReply handle(const PowerRequest& request, const Context& context) {
    // Only the start of a group takes a size; clients send one with other starts too, and it is ignored.
    context.host.request(
        [&](core::RequestId id) { return to_event(request, id); },
        [done = context.later(), kind = request.id.kind,
         action = request.action](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            done(PowerReply{.kind = kind, .action = action, .state = result->state, .message = result->message});
        });
    return std::nullopt;
}

ImmediateReply handle(const SwitchInstanceRequest& request, const Context& context) {
    const auto id = find_instance(context.host.view(), request);
    if (!id) return id.error();
    context.host.request(
        [&](core::RequestId made) {
            return request.on ? core::Event(core::StartRequested{made, *id})
                              : core::Event(core::StopRequested{made, *id});
        },
        [&host = context.host, connection = context.connection,
         done = context.later()](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            const auto shown = connection.lock();
            // The dashboard takes any reply for its whole list.
            answer_list(host,
                        {.scope = {.kind = core::Kind::ec2},
                         .form = ListForm::json,
                         .region = shown ? shown->region() : std::string(),
                         .is_update = true,
                         .message = result->message},
                        std::nullopt, done);
        });
    return std::nullopt;
}

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

/// Duration of a snooze from now on.
Result<core::Duration> span_of(const SnoozeRequest& request, core::WallTime now) {
    if (request.minutes) return core::Duration(minutes(*request.minutes));
    const auto left = core::WallTime(seconds(*request.until)) - now;
    if (left < core::Holds::shortest_snooze || left > core::Holds::longest_snooze)
        return bad_request(
            "The member 'until' must be from one minute to seven days ahead, in seconds since the epoch.");
    return left;
}

}  // namespace

ImmediateReply handle(const AwayRequest&, const Context& context) {
    context.host.request([](core::RequestId id) { return core::LeaveRequested{id}; }, then_done(context.later()));
    return std::nullopt;
}

ImmediateReply handle(const ActivityRequest& request, const Context& context) {
    // Clients may send doze's own timer events back, which are not signs of life.
    if (!request.activity.starts_with("TIMER_"))
        context.host.post(core::ActivitySeen{{.kind = core::ActivityKind::session, .at = context.host.now().boot}});
    return NoReply{};
}

ImmediateReply handle(const SnoozeRequest& request, const Context& context) {
    const auto now = context.host.now();
    const auto span = span_of(request, now.wall);
    if (!span) return span.error();
    const auto until = floor<seconds>(now.wall + *span).time_since_epoch().count();
    context.host.request(
        [&](core::RequestId id) {
            return core::SnoozeRequested{id, now.boot + *span};
        },
        [done = context.later(), until](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            done(SnoozedReply{.until = until, .message = result->message});
        });
    return std::nullopt;
}

ImmediateReply handle(const ResumeRequest&, const Context& context) {
    context.host.request([](core::RequestId id) { return core::ResumeRequested{id}; }, then_done(context.later()));
    return std::nullopt;
}

ImmediateReply handle(const HoldRequest& request, const Context& context) {
    const auto connection = context.connection.lock();
    if (!connection)
        return bad_request("HOLD works only on a connection, since it ends with it.",
                           "Send it over doze's Unix socket, as `doze hold` does, or snooze.");
    connection->keep(context.host.hold(request.reason, then_done(context.later())));
    return std::nullopt;
}

ImmediateReply handle(const ReleaseRequest&, const Context& context) {
    const auto connection = context.connection.lock();
    const bool kept = connection && connection->keeps();
    if (kept) connection->keep(nullptr);
    return DoneReply{kept ? "This connection holds nothing awake any more." : "This connection held nothing awake."};
}

namespace {

Host::Done then_registered(Completion done, core::Registration asked) {
    return [done = std::move(done), asked = std::move(asked)](const Result<core::RequestResult>& result) {
        if (!result) return done(result.error());
        done(RegistrationReply{.registration = result->registration.value_or(asked), .message = result->message});
    };
}

}  // namespace

ImmediateReply handle(const RegisterRequest& request, const Context& context) {
    context.host.request(
        [&](core::RequestId id) {
            return core::RegisterRequested{id, request.registration};
        },
        then_registered(context.later(), request.registration));
    return std::nullopt;
}

ImmediateReply handle(const UnregisterRequest& request, const Context& context) {
    context.host.request(
        [&](core::RequestId id) {
            return core::UnregisterRequested{id, request.id};
        },
        then_registered(context.later(), {.id = request.id}));
    return std::nullopt;
}

}  // namespace doze::commands
