#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doze {

/// The whole of a regular file, through symlinks; nothing where there is none. Leaves no other copy of it in memory, so
/// it may hold a secret. Fails (`internal`) with the
/// system's reason, and (`bad_request`) for a file larger than `limit` bytes or one that is no regular file.
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::filesystem::path& path, std::size_t limit);

/// Who may do what with a file that was written.
enum class FileMode {
    kept,        ///< As before; a new file is for its owner only (0600).
    owner_only,  ///< 0600, whatever it was before.
};

/// Replaces a file's content such that a crash at any moment leaves either the old or the new one: new file
/// beside it, fsync, rename, fsync of the folder. A symlink stays, its target is replaced. The owner is kept. With
/// `expected`, refuses (`internal`, Recovery::retry) if the file no longer holds that (none: does not exist), just
/// before the rename. On any error the old file is as it was and nothing is left behind (save for the fsync of the
/// folder, which comes last). Blocks for the time of two fsyncs.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text,
                                      const std::optional<std::string>& expected, FileMode mode = FileMode::kept);

/// Removes the new files that a write_file() to this path left beside it when its process was killed. Those of a
/// process that is still writing stay.
void remove_left_over(const std::filesystem::path& path);

}  // namespace doze
