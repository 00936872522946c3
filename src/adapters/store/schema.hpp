#pragma once

#include <cstdint>

#include "adapters/store/db.hpp"
#include "base/result.hpp"

namespace doze::store {

/// Ensures that the database is doze's, intact, and of the current version: creates the tables of a new one, migrates
/// an older one, refuses a newer or foreign one. Never changes a database that it refuses.
[[nodiscard]] Result<void> prepare_schema(Db& db);

/// Whether pages or tables are damaged. False if it is intact, foreign, or can't be read at all.
[[nodiscard]] bool is_broken(Db& db);

/// Whether it is a journal of this doze or an older one, intact or not.
[[nodiscard]] bool is_ours(Db& db);

/// The version of the tables, 0 for an empty database. Fails as prepare_schema() does; changes nothing.
[[nodiscard]] Result<std::int64_t> check_schema(Db& db);

}  // namespace doze::store
