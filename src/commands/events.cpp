// EVENTS.
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

void listen(const Call& call) {
    if (call.listener().expired())
        return call.fail(bad_request("EVENTS works only on a connection: datagrams carry no events.",
                                     "Send it over doze's Unix socket, as `doze events` does."));
    call.host().subscribe(call.listener());
    call.succeed([&](JsonWriter& writer) {
        if (call.form() == Form::json) writer.member("result", true);
        writer.member("message", std::string_view("Events follow on this connection."));
    });
}

}  // namespace

void events_text(Call call, Parts) {
    listen(call);
}

void events_json(Call call, const Message&) {
    listen(call);
}

}  // namespace doze::commands
