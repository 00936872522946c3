#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doze {

/// Reads a whole regular file, following symlinks; an empty optional if it does not exist. Makes no other copy of the
/// content in memory, so the file may hold a secret. Fails with `internal` and the system's reason, or with
/// `bad_request` if the file is larger than `limit` bytes or is not a regular file.
[[nodiscard]] Result<std::optional<std::string>> read_file(const std::filesystem::path& path, std::size_t limit);

/// Permissions of a written file.
enum class FileMode {
    kept,        ///< Unchanged; a new file gets 0600.
    owner_only,  ///< 0600, whatever the mode was before.
};

/// Replaces a file's content atomically: a crash at any moment leaves either the old content or the new (temporary file
/// beside it, fsync, rename, fsync of the folder). A symlink stays and its target is replaced. The owner is kept. With
/// `expected`, fails (`internal`, Recovery::retry) if the content just before the rename is another (an empty optional:
/// must not exist). On error the file is unchanged and no temporary file stays, unless only the final fsync of the
/// folder failed. Blocks for two fsyncs.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view text,
                                      const std::optional<std::string>& expected, FileMode mode = FileMode::kept);

/// Removes the temporary files that killed write_file() calls left beside this path. Those of a process that is still
/// writing stay.
void remove_left_over(const std::filesystem::path& path);

}  // namespace doze
