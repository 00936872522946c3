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

/// What commands answer; protocol/ gives it a form. Views and pointers among it hold until the engine steps again: it
/// is to be written at once.
namespace doze::commands {

struct Command;

struct PongReply {};
struct TestReply {};
/// Nothing is sent.
struct NoReply {};
/// Events follow on the connection that asked.
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
    std::optional<std::string> state;  ///< AWS's word, where it was seen.
    std::string message;
};

struct RegistrationReply {
    core::Registration registration;
    std::string message;
};

/// Which items a list shows, and what stands beside them; the items themselves are rows(), which cost more than many a
/// reply.
struct ListReply {
    core::SystemView view;
    core::Now now;
    ListScope scope = {};
    ListForm form = ListForm::text;
    std::string region = {};  ///< Empty for all.
    std::optional<Cursor> after = std::nullopt;
    std::string ignored_region = {};  ///< It was asked for and is not configured; so the list is of all.
    Error ignored_why = {};
    bool is_update = false;
    std::string message = {};  ///< Mostly empty.
};

struct StatusReply {
    core::SystemView view;
    core::Now now;
    const ProgramInfo* about;
    JournalState journal;
};

struct HistoryReply {
    std::vector<core::HistoryLine> lines;  ///< Newest first.
    bool has_more;                         ///< There are older ones.
};

struct HelpReply {
    std::vector<const Command*> commands;
};

struct PasswordStateReply {
    bool is_wanted;  ///< By settings.json.
    bool is_chosen;
};

/// Whether a password or key was right.
struct PasswordReply {
    Result<Secret> key;  ///< What opens the next connection; empty where there is nothing to open.
};

using Reply =
    std::variant<PongReply, TestReply, NoReply, EventsReply, DoneReply, SnoozedReply, PowerReply, RegistrationReply,
                 ListReply, StatusReply, HistoryReply, HelpReply, PasswordStateReply, PasswordReply>;

}  // namespace doze::commands
