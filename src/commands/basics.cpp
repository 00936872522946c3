// PING and test.
#include <utility>

#include "commands/handlers.hpp"

namespace doze::commands {
namespace {

void write_pong(JsonWriter& writer) {
    writer.member("message", std::string_view("PONG"));
}

}  // namespace

void ping_text(Call call, Parts) {
    call.succeed(write_pong);
}

void ping_json(Call call, const Message&) {
    call.set_type("PONG");
    call.succeed(write_pong);
}

void test_json(Call call, const Message&) {
    call.succeed([](JsonWriter& writer) {
        writer.member("status", std::string_view("success"));
        writer.member("message", std::string_view("This is a test message."));
        writer.member("data", std::string_view("dummy text"));
    });
}

}  // namespace doze::commands
