#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/model/time.hpp"

namespace doze::core {

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
