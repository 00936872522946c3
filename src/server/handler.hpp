#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "protocol/dispatcher.hpp"

namespace doze::server {

/// Receives a transport's commands: protocol::Dispatcher::handle() as a value. The reply may be called at once, later,
/// or after the transport is gone (then nothing happens), or be dropped.
using Handler =
    std::function<void(std::string_view message, std::size_t max_reply, protocol::Dispatcher::SendReply reply)>;

/// The same for transports with connections, which can receive events.
using ConnectionHandler =
    std::function<void(std::string_view message, std::size_t max_reply, protocol::Dispatcher::SendReply reply,
                       std::weak_ptr<commands::EventSink>)>;

/// Converts to either handler. `dispatcher` must outlive the transport.
[[nodiscard]] inline auto to_handler(protocol::Dispatcher& dispatcher) {
    return [&dispatcher](std::string_view message, std::size_t max_reply, protocol::Dispatcher::SendReply reply,
                         std::weak_ptr<commands::EventSink> listener = {}) {
        dispatcher.handle(message, max_reply, std::move(reply), std::move(listener));
    };
}

/// Greets a connection: protocol::Dispatcher::greet() as a value.
using Greeter = std::function<void(const std::shared_ptr<commands::EventSink>&)>;

[[nodiscard]] inline Greeter to_greeter(protocol::Dispatcher& dispatcher) {
    return [&dispatcher](const auto& listener) { dispatcher.greet(listener); };
}

/// Logs one line as a warning.
using Warn = std::function<void(std::string_view)>;

}  // namespace doze::server
