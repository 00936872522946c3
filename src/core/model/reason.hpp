#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/model/time.hpp"

namespace doze::core {

/// Why doze did something. Log, history and replies carry the same word.
enum class Reason {
    started,          ///< doze itself started.
    presence,         ///< Presence changed.
    away,             ///< The person is away.
    returned,         ///< The person is back.
    command,          ///< A person's command.
    verified,         ///< The new state was seen.
    started_by_hand,  ///< Somebody else woke it: theirs until the next absence.
    changed_by_hand,  ///< Somebody else changed it while it slept: theirs.
    guarded,          ///< Never to be put to sleep.
    gone,             ///< No longer there.
    refused,          ///< AWS or the disk said no.
    blind,            ///< No physical source runs, or one runs again.
    source,           ///< A source changed.
    dry_run,          ///< Only shown, not done.
    configured,       ///< The files changed.
    busy,             ///< It works, so it stays awake for now.
    restarted,        ///< AWS started it again by itself.
    held,             ///< Nothing is put to sleep for now, or may be again.
};

[[nodiscard]] std::string_view to_string(Reason reason);

/// A line of the history: an Announce as it was written, in words.
struct HistoryLine {
    std::int64_t id = 0;  ///< Grows with each line.
    WallTime at;
    std::string reason;    ///< As to_string(Reason).
    std::string level;     ///< "info", "warning", "error"
    std::string resource;  ///< As to_string(ResourceId); empty where it is about none.
    std::string text;

    bool operator==(const HistoryLine&) const = default;
};

/// Which lines are wanted, newest first.
struct HistoryQuery {
    std::int64_t limit = 100;                           ///< At most.
    std::optional<WallTime> since = std::nullopt;       ///< Not older.
    std::optional<std::int64_t> before = std::nullopt;  ///< Only lines older than the one of this id.
};

}  // namespace doze::core
