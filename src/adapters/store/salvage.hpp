#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/model/journal_entry.hpp"
#include "core/policy/holds.hpp"
#include "core/presence/presence.hpp"

/// Reads what is left of a damaged journal file, and keeps the file.
namespace doze::store {

/// Content of the journal, without the history.
struct Contents {
    std::map<core::ResourceId, core::JournalEntry> rows;
    std::optional<core::PresenceRecord> presence;
    std::optional<core::HoldRecord> holds;
    std::map<core::ResourceId, AccountId> accounts;
};

struct Salvaged {
    Contents contents;
    std::vector<Error> bad;  ///< One for each row that could not be understood.
    bool is_whole = false;   ///< Every row was read, though perhaps not understood.
};

/// Whether this file was a journal and is broken: truncated, or with inconsistent pages. False if it is intact,
/// foreign, of a newer doze, or can't be read at all.
[[nodiscard]] bool is_damaged(const std::filesystem::path& file);

/// Reads what can be read of a journal of any version. Works on a copy in the temporary folder (if one can be made), so
/// that the file stays unchanged while SQLite rolls back an interrupted write.
[[nodiscard]] Salvaged salvage(const std::filesystem::path& file);

/// A free name for keeping the file beside itself: "doze.db.damaged-20261130T160102Z".
[[nodiscard]] std::filesystem::path name_aside(const std::filesystem::path& file);

/// Copies the file to that name; on disk when this returns.
[[nodiscard]] Result<std::filesystem::path> copy_aside(const std::filesystem::path& file);

/// Moves `fresh` to `file`; fails if `file` exists.
[[nodiscard]] Result<void> place_new(const std::filesystem::path& file, const std::filesystem::path& fresh);

/// Replaces `file` by `fresh` and keeps the old file under name_aside(); at any moment one of the two names exists.
[[nodiscard]] Result<std::filesystem::path> replace_and_keep(const std::filesystem::path& file,
                                                             const std::filesystem::path& fresh);

}  // namespace doze::store
