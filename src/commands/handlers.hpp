#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "commands/host.hpp"
#include "commands/reply.hpp"
#include "commands/request.hpp"

/// What answers each request: lists in lists.cpp, all others in handlers.cpp.
namespace doze::commands {

/// Takes the reply, once.
using Completion = std::function<void(Result<Reply>)>;

/// What a handler returns: the reply, or none where it took the completion and the reply comes through that.
using Answer = std::optional<Result<Reply>>;

/// Who asks, and of what program.
struct Context {
    Host& host;
    const ProgramInfo& about;
    const std::weak_ptr<EventSink>& connection;  ///< Expired where the request came by none.
    Form form;                                   ///< How the client names commands.

    /// To answer later, perhaps minutes; call it once, and return no answer then.
    const std::function<Completion()>& later;
};

/// Answers any request: by the one of these that takes it.
[[nodiscard]] Answer handle(const Request& request, const Context& context);

// At once.
[[nodiscard]] Answer handle(const PingRequest& request, const Context& context);
[[nodiscard]] Answer handle(const TestRequest& request, const Context& context);
[[nodiscard]] Answer handle(const StatusRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HistoryRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HelpRequest& request, const Context& context);
[[nodiscard]] Answer handle(const EventsRequest& request, const Context& context);

// Lists, and their further pages.
[[nodiscard]] Answer handle(const ListRequest& request, const Context& context);
[[nodiscard]] Answer handle(const MoreRequest& request, const Context& context);

// Acting on a resource.
[[nodiscard]] Answer handle(const PowerRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SwitchInstanceRequest& request, const Context& context);

// Registrations.
[[nodiscard]] Answer handle(const RegisterRequest& request, const Context& context);
[[nodiscard]] Answer handle(const UnregisterRequest& request, const Context& context);

// The person, and what keeps everything awake.
[[nodiscard]] Answer handle(const AwayRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ActivityRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SnoozeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ResumeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HoldRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ReleaseRequest& request, const Context& context);

}  // namespace doze::commands
