#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "commands/host.hpp"
#include "commands/reply.hpp"
#include "commands/request.hpp"

/// What answers each request. Each family has a file of its own.
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

// basics.cpp
[[nodiscard]] Answer handle(const PingRequest& request, const Context& context);
[[nodiscard]] Answer handle(const TestRequest& request, const Context& context);
[[nodiscard]] Answer handle(const StatusRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HistoryRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HelpRequest& request, const Context& context);
[[nodiscard]] Answer handle(const EventsRequest& request, const Context& context);

// lists.cpp
[[nodiscard]] Answer handle(const ListRequest& request, const Context& context);
[[nodiscard]] Answer handle(const MoreRequest& request, const Context& context);

// power.cpp
[[nodiscard]] Answer handle(const PowerRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SwitchInstanceRequest& request, const Context& context);

// registrations.cpp
[[nodiscard]] Answer handle(const RegisterRequest& request, const Context& context);
[[nodiscard]] Answer handle(const UnregisterRequest& request, const Context& context);

// holds.cpp
[[nodiscard]] Answer handle(const AwayRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ActivityRequest& request, const Context& context);
[[nodiscard]] Answer handle(const SnoozeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ResumeRequest& request, const Context& context);
[[nodiscard]] Answer handle(const HoldRequest& request, const Context& context);
[[nodiscard]] Answer handle(const ReleaseRequest& request, const Context& context);

}  // namespace doze::commands
