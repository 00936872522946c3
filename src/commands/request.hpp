#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/secret.hpp"
#include "commands/cursor.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"

/// Requests of clients, independent of form and transport.
namespace doze::commands {

/// How a client names commands: by word (START_EC2) or by type (AWS_SERVICE_STATUS).
enum class Form : std::uint8_t { text, json };

struct PingRequest {};
struct TestRequest {};
struct StatusRequest {};

struct ListRequest {
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::optional<std::string> region = std::nullopt;  ///< Valid, but perhaps not configured.

    /// A region that is not configured is an error. Otherwise it does not narrow the list, and is reported in the
    /// list's errors: the original's dashboard sends a region that nobody chose.
    bool only_configured = false;

    /// AWS is asked first if the known list is older; empty: older than a list may usually be.
    std::optional<std::int64_t> max_age_seconds = std::nullopt;

    bool is_update = false;    ///< The reply is an AWS_EC2_UPDATE, for the original's dashboard.
    std::string message = {};  ///< A sentence beside the items; usually empty.
};

struct MoreRequest {
    Cursor after;
};

enum class PowerAction : std::uint8_t { start, stop, scale };

/// "START"
[[nodiscard]] std::string_view to_string(PowerAction action);

struct PowerRequest {
    PowerAction action = PowerAction::start;
    core::ResourceId id;
    std::optional<std::int64_t> desired_size;  ///< Required for `scale`; with `start` it scales too.
};

/// startInstance and stopInstance of the original's dashboard.
struct SwitchInstanceRequest {
    bool on = true;
    std::string instance_id;
    std::string region;  ///< The region in which the dashboard shows it; may be empty.
};

struct RegisterRequest {
    core::Registration registration;
};
struct UnregisterRequest {
    core::ResourceId id;
};

struct AwayRequest {};
/// A sign of life; it has no reply.
struct ActivityRequest {
    std::string activity;  ///< The client's name for the event, if any.
};

/// One of the two is set.
struct SnoozeRequest {
    std::optional<std::int64_t> minutes;
    std::optional<std::int64_t> until;  ///< Seconds since the epoch.
};
struct ResumeRequest {};
struct HoldRequest {
    std::string reason;
};
struct ReleaseRequest {};

struct HistoryRequest {
    core::HistoryQuery query;
};
struct EventsRequest {
    std::optional<bool> timer;
};
struct HelpRequest {
    std::string command;  ///< Empty: all commands.
};

/// Requests that let a client in. Its connection answers them (handshake.hpp); nothing behind it sees them.
struct AuthRequest {
    Secret token;
};

enum class PasswordAction : std::uint8_t {
    ask,         ///< Whether a password is set.
    choose,      ///< Set the first one.
    verify,      ///< Exchange a password for a key.
    verify_key,  ///< Check such a key.
    log_out,
};

/// About the web page's password.
struct PasswordRequest {
    PasswordAction action = PasswordAction::ask;
    Secret secret = {};  ///< The password, or the key.
};

using Request =
    std::variant<PingRequest, TestRequest, StatusRequest, ListRequest, MoreRequest, PowerRequest, SwitchInstanceRequest,
                 RegisterRequest, UnregisterRequest, AwayRequest, ActivityRequest, SnoozeRequest, ResumeRequest,
                 HoldRequest, ReleaseRequest, HistoryRequest, EventsRequest, HelpRequest, AuthRequest, PasswordRequest>;

}  // namespace doze::commands
