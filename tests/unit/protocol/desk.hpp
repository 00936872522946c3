#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/dispatcher.hpp"
#include "protocol/json_writer.hpp"
#include "unit/commands/fake_host.hpp"

namespace doze::protocol {

using namespace commands;  // NOLINT(google-build-using-namespace): what tests of the forms ask for is all of it.

/// A dispatcher before a fake host, whose replies are kept.
struct Desk {
    commands::FakeHost host;
    Dispatcher dispatcher{
        host, commands::ProgramInfo{.version = "1.2.3", .started = host.clock.boot() - std::chrono::seconds(90)}};
    std::vector<std::string> replies;

    void send(std::string_view message, std::size_t limit = no_limit) {
        dispatcher.handle(message, limit, [this](std::string_view reply) { replies.emplace_back(reply); });
    }

    /// The reply that comes at once, as text.
    std::string ask_text(std::string_view message, std::size_t limit = no_limit) {
        const auto before = replies.size();
        send(message, limit);
        return replies.size() == before + 1 ? replies.back() : "no reply, or too many";
    }

    /// The reply that comes at once.
    boost::json::value ask(std::string_view message, std::size_t limit = no_limit) {
        return boost::json::parse(ask_text(message, limit));
    }

    boost::json::value last() { return boost::json::parse(replies.back()); }
};

inline std::string text(const boost::json::value& value) {
    return std::string(value.as_string());
}

/// The error code of a reply in either form; empty if it is none.
inline std::string error_of(const boost::json::value& reply) {
    const auto* object = reply.if_object();
    if (!object) return {};
    if (const auto* type = object->if_contains("type")) {
        if (*type != "ERROR") return {};
        return text(object->at("content").at("error"));
    }
    const auto* status = object->if_contains("status");
    return status && *status == "error" ? text(object->at("error")) : std::string();
}

inline std::string message_of(const boost::json::value& reply) {
    const auto& object = reply.as_object();
    return text(object.contains("content") ? object.at("content").at("message") : object.at("message"));
}

}  // namespace doze::protocol
