#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

#include "protocol/dispatcher.hpp"

namespace doze::server {

/// Where a transport hands a command to: what protocol::Dispatcher::handle() is, as a value. The reply
/// may be called at once, later, after the transport is gone (then nothing happens), or be dropped.
using Handler = std::function<void(std::string_view message, std::size_t max_reply, protocol::Dispatcher::Reply reply)>;

/// The same for transports with connections, which can carry events.
using ConnectionHandler = std::function<void(std::string_view message, std::size_t max_reply,
                                             protocol::Dispatcher::Reply reply, std::weak_ptr<commands::EventSink>)>;

/// Makes either handler. `dispatcher` must outlive the transport.
[[nodiscard]] inline auto to_handler(protocol::Dispatcher& dispatcher) {
    return [&dispatcher](std::string_view message, std::size_t max_reply, protocol::Dispatcher::Reply reply,
                         std::weak_ptr<commands::EventSink> listener = {}) {
        dispatcher.handle(message, max_reply, std::move(reply), std::move(listener));
    };
}

/// Welcomes a connection: what protocol::Dispatcher::greet() is.
using Greeter = std::function<void(const std::shared_ptr<commands::EventSink>&)>;

[[nodiscard]] inline Greeter to_greeter(protocol::Dispatcher& dispatcher) {
    return [&dispatcher](const auto& listener) { dispatcher.greet(listener); };
}

/// One line for the log, at the level of a warning.
using Warn = std::function<void(std::string_view)>;

}  // namespace doze::server
