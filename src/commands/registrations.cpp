// REGISTER_* and UNREGISTER_*.
#include <utility>

#include "commands/handlers.hpp"
#include "commands/rows.hpp"

namespace doze::commands {
namespace {

void write_reply(JsonWriter& writer, Form form, const core::Registration& registration, std::string_view message) {
    if (form == Form::json) {
        writer.member("result", true);
        writer.member("service_type", service_type(registration.id.kind));
        write_registration(writer, registration);
    }
    writer.member("message", message);
}

void answer(const Call& call, const core::Registration& asked, const Result<core::RequestResult>& result) {
    if (!result) return call.fail(result.error());
    const auto& registration = result->registration ? *result->registration : asked;
    call.succeed([&](JsonWriter& writer) { write_reply(writer, call.form(), registration, result->message); });
}

void add(Call call, core::Registration registration) {
    auto& host = call.host();
    host.order(
        [&](core::RequestId order) {
            return core::RegisterRequested{order, registration};
        },
        [call = std::move(call), registration](const auto& result) { answer(call, registration, result); });
}

void remove(Call call, core::ResourceId id) {
    auto& host = call.host();
    host.order(
        [&](core::RequestId order) {
            return core::UnregisterRequested{order, id};
        },
        [call = std::move(call), id](const auto& result) { answer(call, {.id = id}, result); });
}

}  // namespace

void register_text(core::Kind kind, Call call, Parts parts) {
    auto id = parse_resource(kind, parts);
    if (!id) return call.fail(id.error());
    add(std::move(call), {.id = std::move(*id)});
}

void unregister_text(core::Kind kind, Call call, Parts parts) {
    auto id = parse_resource(kind, parts);
    if (!id) return call.fail(id.error());
    remove(std::move(call), std::move(*id));
}

void register_json(Call call, const Message& message) {
    auto registration = parse_registration(message.content());
    if (!registration) return call.fail(registration.error());
    add(std::move(call), std::move(*registration));
}

void unregister_json(Call call, const Message& message) {
    auto id = parse_resource(message.content());
    if (!id) return call.fail(id.error());
    remove(std::move(call), std::move(*id));
}

}  // namespace doze::commands
