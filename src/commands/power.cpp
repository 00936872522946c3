// START_*, STOP_*, SCALE_*, AWS_SERVICE_STATUS, and startInstance and stopInstance of the original's dashboard.
#include <utility>

#include "commands/arguments.hpp"
#include "commands/handlers.hpp"
#include "commands/lists.hpp"

namespace doze::commands {
namespace {

core::Event to_event(const PowerRequest& request, core::RequestId order) {
    if (request.desired_size) return core::ScaleRequested{order, request.id, static_cast<int>(*request.desired_size)};
    if (request.action == PowerAction::stop) return core::StopRequested{order, request.id};
    return core::StartRequested{order, request.id};
}

Result<core::ResourceId> instance_in(std::string_view id, std::string_view region) {
    auto instance = parse_instance_id(id);
    if (!instance) return instance.error();
    auto where = parse_region(region);
    if (!where) return where.error();
    return core::ec2(std::move(*where), std::move(*instance));
}

/// The instance where the inventory has it. The dashboard may show it under another region; that one counts only for an
/// instance that doze has not seen.
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

Answer handle(const PowerRequest& request, const Context& context) {
    // A start of a group may say how large; for any other, clients send the size without a meaning.
    context.host.order(
        [&](core::RequestId order) { return to_event(request, order); },
        [done = context.later(), kind = request.id.kind,
         action = request.action](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            done(PowerReply{.kind = kind, .action = action, .state = result->state, .message = result->message});
        });
    return std::nullopt;
}

Answer handle(const SwitchInstanceRequest& request, const Context& context) {
    const auto id = find_instance(context.host.view(), request);
    if (!id) return id.error();
    context.host.order(
        [&](core::RequestId order) {
            return request.on ? core::Event(core::StartRequested{order, *id})
                              : core::Event(core::StopRequested{order, *id});
        },
        [&host = context.host, connection = context.connection,
         done = context.later()](const Result<core::RequestResult>& result) {
            if (!result) return done(result.error());
            const auto shown = connection.lock();
            // The dashboard takes whatever comes for its whole list.
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

}  // namespace doze::commands
