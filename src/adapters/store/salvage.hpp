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

/// What to do with a journal file that is not as it should be: read what can be read, keep the file.
namespace doze::store {

/// What outlives the process, but for the history.
struct Contents {
    std::map<core::ResourceId, core::JournalEntry> rows;
    std::optional<core::PresenceRecord> presence;
    std::optional<core::HoldRecord> holds;
    std::map<core::ResourceId, AccountId> accounts;
};

struct Salvaged {
    Contents contents;
    std::vector<Error> bad;  ///< Of each row that could not be understood.
    bool is_whole = false;   ///< All rows were read, though perhaps not understood.
};

/// Was this file a journal, and is it broken: cut, or of pages that do not fit together? False for what is whole,
/// foreign, of a newer doze, or can't be read at all.
[[nodiscard]] bool is_damaged(const std::filesystem::path& file);

/// Reads what can be read of a journal of any version, from a copy in the folder for temporary files (where that can be
/// made), so that the file stays as it is and what was cut short can be undone.
[[nodiscard]] Salvaged salvage(const std::filesystem::path& file);

/// A name beside the file under which it is kept: "doze.db.damaged-20261130T160102Z".
[[nodiscard]] std::filesystem::path name_aside(const std::filesystem::path& file);

/// A copy under that name, on disk when it returns.
[[nodiscard]] Result<std::filesystem::path> copy_aside(const std::filesystem::path& file);

/// Puts `fresh` where no `file` is; fails where there is one.
[[nodiscard]] Result<void> place_new(const std::filesystem::path& file, const std::filesystem::path& fresh);

/// Puts `fresh` in the place of `file`, which is kept under that name; at any moment one of them is there.
[[nodiscard]] Result<std::filesystem::path> replace_and_keep(const std::filesystem::path& file,
                                                             const std::filesystem::path& fresh);

}  // namespace doze::store
