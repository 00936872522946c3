#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace doze {

/// Whether what stands at `path` is the person's (or root's) alone to change. Every folder and link on the way there is
/// looked at as well: none may belong to another user, and none may be writable by others (the world, or a group with
/// other members), save for folders above it with the sticky bit, such as /tmp. What is not there, or can't be looked
/// at, is no fault here: whoever uses it will tell. Fails with `unauthorized`; the next step is a command that mends
/// it.
[[nodiscard]] Result<void> check_ownership(const std::filesystem::path& path);

/// read_file() of a file that passed check_ownership().
[[nodiscard]] Result<std::optional<std::string>> read_own_file(const std::filesystem::path& path, std::size_t limit);

/// A user's name, or their number where they have none.
[[nodiscard]] std::string user_name(unsigned uid);

}  // namespace doze
