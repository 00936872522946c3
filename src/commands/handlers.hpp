#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "commands/host.hpp"
#include "commands/reply.hpp"
#include "commands/request.hpp"

/// Handles requests: lists in lists.cpp, all others in handlers.cpp.
namespace doze::commands {

/// Receives the reply, once.
using Completion = std::function<void(Result<Reply>)>;

/// A handler's result: the reply, or empty if the handler took the completion and replies through that.
using ImmediateReply = std::optional<Result<Reply>>;

/// Who sent the request, and the program that handles it.
struct Context {
    Host& host;
    const ProgramInfo& about;
    const std::weak_ptr<EventSink>& connection;  ///< Expired if the request did not come over a connection.
    Form form;                                   ///< The form in which the client names commands.

    /// Call once to reply later, perhaps after minutes, and return no reply then.
    const std::function<Completion()>& later;
};

/// Handles any request by the overload for its type.
[[nodiscard]] ImmediateReply handle(const Request& request, const Context& context);

// Answered at once.
[[nodiscard]] ImmediateReply handle(const PingRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const TestRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const StatusRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const HistoryRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const HelpRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const EventsRequest& request, const Context& context);

// Lists, and their further pages.
[[nodiscard]] ImmediateReply handle(const ListRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const MoreRequest& request, const Context& context);

// Actions on a resource.
[[nodiscard]] ImmediateReply handle(const PowerRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const SwitchInstanceRequest& request, const Context& context);

// Registrations.
[[nodiscard]] ImmediateReply handle(const RegisterRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const UnregisterRequest& request, const Context& context);

// Presence, and holds on everything.
[[nodiscard]] ImmediateReply handle(const AwayRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const ActivityRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const SnoozeRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const ResumeRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const HoldRequest& request, const Context& context);
[[nodiscard]] ImmediateReply handle(const ReleaseRequest& request, const Context& context);

}  // namespace doze::commands
