#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.hpp"

namespace doze::store {

/// Opens a journal for reading only, beside a daemon that may be using it, checks that it is whole and one that this
/// doze understands, and counts its open rows. Errors as those of SqliteJournal.
[[nodiscard]] Result<std::int64_t> count_open_rows(const std::filesystem::path& file);

}  // namespace doze::store
