#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/event.hpp"
#include "core/model/reason.hpp"
#include "core/policy/holds.hpp"

namespace doze::core {

enum class Verb { sleep, wake };

[[nodiscard]] std::string_view to_string(Verb verb);

/// One resource of a Call.
struct Target {
    ResourceId id;

    /// Sleep: its present size. Wake: the size to restore.
    Size size;

    std::string pool = {};   ///< Observation::pool
    bool hibernate = false;  ///< Sleep: hibernate, where it can.

    /// The call must be signed with credentials of this account; empty: of any account.
    AccountId account = {};

    /// Wake: the desired size is left as it is, because somebody else set it; only the bounds that `size` has and what
    /// is suspended are restored.
    bool desired_stays = false;
};

/// Commit `intents` to disk, then put the targets to sleep or wake them, each answered by one CallReturned.
/// If the commit fails no call goes out.
struct Call {
    Verb verb;
    std::vector<JournalEntry> intents;  ///< Same order as targets.
    std::vector<Target> targets;
};

/// Bring open rows of the journal up to date: first the closes, then the puts, in one commit.
struct Journal {
    std::vector<JournalEntry> put;
    std::vector<ResourceId> close;
};

/// Remember presence for the next start.
struct SavePresence {
    PresenceRecord record;
};

/// Remember the holds for the next start.
struct SaveHolds {
    HoldRecord record;
};

/// Remember which account owns a registered resource; empty: forget it.
struct SaveAccount {
    ResourceId id;
    AccountId account;
};

/// Describe these resources now, each answered by one Described.
struct Describe {
    std::vector<ResourceId> ids;
    Depth depth = Depth::usual;
};

/// List everything of one kind in one region, answered by one Listed.
struct List {
    Kind kind;
    Region region;
};

/// The outcome of a request. `message` is a sentence for a person.
struct RequestResult {
    std::string message;
    std::optional<ResourceId> id = std::nullopt;
    std::optional<Registration> registration = std::nullopt;

    /// AWS's word for the state, as last seen.
    std::optional<std::string> state = std::nullopt;
};

struct Reply {
    RequestId request;
    Result<RequestResult> result;
};

/// Write services.yaml with this registration added (or removed), answered by one Saved and, through
/// the file, one Configured.
struct SaveRegistration {
    RequestId request;
    Registration registration;
    bool remove = false;
};

enum class Level { info, warning, error };

[[nodiscard]] std::string_view to_string(Level level);

/// Write this to the log and the history, for a person to read afterwards.
struct Announce {
    Level level = Level::info;
    Reason reason;
    std::optional<ResourceId> id = std::nullopt;
    std::string text;
};

using Effect = std::variant<Call, Journal, SavePresence, SaveHolds, SaveAccount, Describe, List, Reply,
                            SaveRegistration, Announce>;

}  // namespace doze::core
