#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>

#include "base/result.hpp"

namespace doze {

/// Checks that only the person (or root) can change what is at `path`. Every folder and link on the way is
/// checked as well: none may belong to another user or be writable by others (the world, or a group with other
/// members), except parent folders with the sticky bit, such as /tmp. A path that is missing or can't be examined
/// passes; opening it will report the error. Fails with `unauthorized`; the next step is a command that repairs
/// it.
[[nodiscard]] Result<void> check_ownership(const std::filesystem::path& path);

/// read_file() after check_ownership() of the same path.
[[nodiscard]] Result<std::optional<std::string>> read_own_file(const std::filesystem::path& path, std::size_t limit);

/// A user's name, or the number if there is no name.
[[nodiscard]] std::string user_name(unsigned uid);

}  // namespace doze
