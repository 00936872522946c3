#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "commands/cursor.hpp"
#include "commands/host.hpp"
#include "commands/request.hpp"
#include "core/model/reason.hpp"
#include "core/model/resource.hpp"

/// Replies of commands, without a form; protocol/ encodes them. Their views and pointers are valid until the engine
/// steps again, so encode them at once.
namespace doze::commands {

struct Command;

struct PongReply {};
struct TestReply {};
/// Nothing is sent.
struct NoReply {};
/// Events follow on the connection that sent the request.
struct EventsReply {};

struct DoneReply {
    std::string message;
};

struct SnoozedReply {
    std::int64_t until;  ///< Seconds since the epoch.
    std::string message;
};

struct PowerReply {
    core::Kind kind;
    PowerAction action;
    std::optional<std::string> state;  ///< AWS's word for it, if it was seen.
    std::string message;
};

struct RegistrationReply {
    core::Registration registration;
    std::string message;
};

/// Selects the items of a list, with the members beside them. The items themselves are rows(), which cost more to make
/// than most replies.
struct ListReply {
    core::SystemView view;
    core::Now now;
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    std::optional<Cursor> after = std::nullopt;
    std::string ignored_region = {};  ///< A requested region that is not configured; the list then contains all.
    Error ignored_why = {};
    bool is_update = false;
    std::string message = {};  ///< Usually empty.
};

struct StatusReply {
    core::SystemView view;
    core::Now now;
    const ProgramInfo* about;
    JournalState journal;
};

struct HistoryReply {
    std::vector<core::HistoryLine> lines;  ///< Newest first.
    bool has_more;                         ///< There are older lines.
};

struct HelpReply {
    std::vector<const Command*> commands;
};

struct PasswordStateReply {
    bool is_wanted;  ///< settings.json asks for a password.
    bool is_chosen;
};

/// Whether a password or key was correct.
struct PasswordReply {
    Result<Secret> key;  ///< Opens the next connection; empty if there is nothing to open.
};

using Reply =
    std::variant<PongReply, TestReply, NoReply, EventsReply, DoneReply, SnoozedReply, PowerReply, RegistrationReply,
                 ListReply, StatusReply, HistoryReply, HelpReply, PasswordStateReply, PasswordReply>;

}  // namespace doze::commands
