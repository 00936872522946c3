// startInstance and stopInstance: what the original's dashboard sends.
#include <array>
#include <utility>

#include "commands/handlers.hpp"
#include "commands/page.hpp"

namespace doze::commands {
namespace {

/// A text of the content, or of the message itself.
std::string_view text_anywhere(const Message& message, std::string_view name) {
    for (const auto* members : {&message.content(), &message.members()})
        if (const auto* found = members->if_contains(name); found && found->is_string())
            return {found->get_string().data(), found->get_string().size()};
    return {};
}

/// The instance where the inventory has it. The dashboard may show it under another region; that one counts only for an
/// instance that doze has not seen.
Result<core::ResourceId> find_instance(const core::State& state, const Message& message) {
    const auto id = text_anywhere(message, "instanceId");
    if (id.empty()) return bad_request("The member 'instanceId' is missing.");
    for (const auto& [key, cached] : state.inventory.listings()) {
        if (key.first != core::Kind::ec2) continue;
        const std::array<std::string_view, 2> parts{id, key.second.str()};
        auto known = parse_resource(core::Kind::ec2, parts);
        if (!known || state.inventory.find(*known)) return known;
    }
    const auto region = text_anywhere(message, "region");
    if (region.empty()) return bad_request("The member 'region' is missing, and doze has not seen the instance.");
    const std::array<std::string_view, 2> parts{id, region};
    return parse_resource(core::Kind::ec2, parts);
}

template <class Ordered>
void switch_instance(Call call, const Message& message) {
    call.set_error_type("AWS_EC2_ERROR");
    auto id = find_instance(call.host().state(), message);
    if (!id) return call.fail(id.error());
    auto& host = call.host();
    host.order(
        [&](core::RequestId order) {
            return Ordered{order, *id};
        },
        [call = std::move(call)](const Result<core::RequestResult>& result) mutable {
            if (!result) return call.fail(result.error());
            // The dashboard takes whatever comes for its whole list.
            call.set_type("AWS_EC2_UPDATE");
            const auto listener = call.listener().lock();
            answer_list(std::move(call), {.list = ListKind::ec2,
                                          .form = ListForm::json,
                                          .region = listener ? listener->region() : std::string(),
                                          .message = result->message});
        });
}

}  // namespace

void start_instance_json(Call call, const Message& message) {
    switch_instance<core::StartRequested>(std::move(call), message);
}

void stop_instance_json(Call call, const Message& message) {
    switch_instance<core::StopRequested>(std::move(call), message);
}

}  // namespace doze::commands
