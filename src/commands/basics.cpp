// PING, test, STATUS, HISTORY, HELP and EVENTS: what is answered at once.
#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "commands/arguments.hpp"
#include "commands/handlers.hpp"
#include "commands/table.hpp"

namespace doze::commands {

Answer handle(const PingRequest&, const Context&) {
    return PongReply{};
}

Answer handle(const TestRequest&, const Context&) {
    return TestReply{};
}

Answer handle(const StatusRequest&, const Context& context) {
    return StatusReply{.view = context.host.view(),
                       .now = context.host.now(),
                       .about = &context.about,
                       .journal = context.host.journal()};
}

Answer handle(const HistoryRequest& request, const Context& context) {
    auto query = request.query;
    const auto wanted = static_cast<std::size_t>(query.limit++);  // One more tells whether there are more.
    auto lines = context.host.history(query);
    if (!lines) return lines.error();
    const bool has_more = lines->size() > wanted;
    if (has_more) lines->resize(wanted);
    return HistoryReply{.lines = std::move(*lines), .has_more = has_more};
}

Answer handle(const HelpRequest& request, const Context& context) {
    const auto& word = request.command;
    HelpReply reply;
    for (const auto& command : commands())
        if (word.empty() || equal_ignoring_case(command.text, word) || equal_ignoring_case(command.type, word))
            reply.commands.push_back(&command);
    if (reply.commands.empty()) return unknown_command(context.form, word);
    return reply;
}

Answer handle(const EventsRequest& request, const Context& context) {
    const auto connection = context.connection.lock();
    if (!connection)
        return bad_request("EVENTS works only on a connection: datagrams carry no events.",
                           "Send it over doze's Unix socket, as `doze events` does.");
    if (request.timer) connection->want_timer(*request.timer);
    return EventsReply{};
}

}  // namespace doze::commands
