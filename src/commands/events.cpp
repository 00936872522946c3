// EVENTS, and how a connection that hears events is greeted.
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

void listen(const Call& call, std::optional<bool> timer) {
    const auto listener = call.listener().lock();
    if (!listener)
        return call.fail(bad_request("EVENTS works only on a connection: datagrams carry no events.",
                                     "Send it over doze's Unix socket, as `doze events` does."));
    if (timer) listener->want_timer(*timer);
    call.succeed([&](JsonWriter& writer) {
        if (call.form() == Form::json) writer.member("result", true);
        writer.member("message", std::string_view("Events follow on this connection."));
    });
    greet(call.host(), call.memory().about, listener);
}

}  // namespace

void greet(Host& host, const ProgramInfo& about, const std::shared_ptr<EventSink>& listener) {
    if (listener->is_to_be_greeted()) {
        std::string greeting;
        JsonWriter writer(greeting);
        begin_message(writer, '"' + fresh_id() + '"', "connection", host.now().wall);
        writer.member("version", about.version);
        writer.end_object();
        writer.member("status",
                      std::string_view("connected"));  // Clients of the original look for it at the top level.
        writer.end_object();
        listener->hear(greeting);
    }
    host.subscribe(listener);
}

void events_text(Call call, Parts) {
    listen(call, std::nullopt);
}

void events_json(Call call, const Message& message) {
    const auto timer = optional_flag(message.content(), "timer");
    if (!timer) return call.fail(timer.error());
    listen(call, *timer);
}

}  // namespace doze::commands
