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
using Answer = std::optional<Result<Reply>>;

/// Who sent the request, and the program that handles it.
struct Context {
    Host& host;
    const ProgramInfo& about;
    const std::weak_ptr<EventSink>& connection;  ///< Expired if the request did not come over a connection.
    Form form;                                   ///< The form in which the client names commands.

    /// Call once to reply later, perhaps after minutes, and return no answer then.
    const std::function<Completion()>& later;
};

/// Handles any request by the overload for its type.
[[nodiscard]] Answer handle(const Request& request, const Context& context);

// Answered at once.
[[nodiscard]] Answer handle(const PingRequest& request, const Context& context);
[[nodiscard]] Answer handle(const TestRequest& request, const Context& context);
[[nodiscard]] Answer handle(const StatusRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HistoryRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HelpRequest& request, const Context& context);
[[nodiscard]] Answer handle(const EventsRequest& request, const Context& context);

// Lists, and their further pages.
[[nodiscard]] Answer handle(const ListRequest& request, const Context& context);
[[nodiscard]] Answer handle(const MoreRequest& request, const Context& context);

// Actions on a resource.
[[nodiscard]] Answer handle(const PowerRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SwitchInstanceRequest& request, const Context& context);

// Registrations.
[[nodiscard]] Answer handle(const RegisterRequest& request, const Context& context);
[[nodiscard]] Answer handle(const UnregisterRequest& request, const Context& context);

// Presence, and holds on everything.
[[nodiscard]] Answer handle(const AwayRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ActivityRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SnoozeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ResumeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HoldRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ReleaseRequest& request, const Context& context);

}  // namespace doze::commands
