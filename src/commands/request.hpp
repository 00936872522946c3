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

/// What clients ask for, whatever form and transport it came in.
namespace doze::commands {

/// How a client names commands: by words (START_EC2) or by types (AWS_SERVICE_STATUS).
enum class Form : std::uint8_t { text, json };

struct PingRequest {};
struct TestRequest {};
struct StatusRequest {};

struct ListRequest {
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::optional<std::string> region = std::nullopt;  ///< Valid, but perhaps not one that is configured.

    /// A region that is not configured is an error. Otherwise it narrows nothing, and is among the list's errors: the
    /// original's dashboard sends a region that nobody chose.
    bool only_configured = false;

    /// AWS is asked first where what is known is older; none: what a list usually shows.
    std::optional<std::int64_t> max_age_seconds = std::nullopt;

    bool is_update = false;    ///< The reply is an AWS_EC2_UPDATE, for the original's dashboard.
    std::string message = {};  ///< A sentence beside the items; mostly empty.
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
    std::optional<std::int64_t> desired_size;  ///< Set for `scale`; where it is set, also a start scales.
};

/// startInstance and stopInstance.
struct SwitchInstanceRequest {
    bool on = true;
    std::string instance_id;
    std::string region;  ///< Where the dashboard shows it; may be empty.
};

struct RegisterRequest {
    core::Registration registration;
};
struct UnregisterRequest {
    core::ResourceId id;
};

struct AwayRequest {};
/// A sign of life; there is no reply.
struct ActivityRequest {
    std::string activity;  ///< The event's name, if it has one.
};

/// Either is set.
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
    std::string command;  ///< Empty for all.
};

/// What lets a client in; its connection answers (handshake.hpp), and what is behind it hears nothing of it.
struct AuthRequest {
    Secret token;
};

enum class PasswordAction : std::uint8_t {
    ask,         ///< Whether there is one.
    choose,      ///< The first one.
    verify,      ///< For a key.
    verify_key,  ///< Such a key.
    log_out,
};

/// Of the web page's password.
struct PasswordRequest {
    PasswordAction action = PasswordAction::ask;
    Secret secret = {};  ///< The password, or the key.
};

using Request =
    std::variant<PingRequest, TestRequest, StatusRequest, ListRequest, MoreRequest, PowerRequest, SwitchInstanceRequest,
                 RegisterRequest, UnregisterRequest, AwayRequest, ActivityRequest, SnoozeRequest, ResumeRequest,
                 HoldRequest, ReleaseRequest, HistoryRequest, EventsRequest, HelpRequest, AuthRequest, PasswordRequest>;

}  // namespace doze::commands
