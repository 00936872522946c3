#pragma once

#include <cstdint>

#include "adapters/store/db.hpp"
#include "base/result.hpp"

namespace doze::store {

/// Makes sure that the database is doze's, whole, and of the present version: fills a new one, brings
/// an older one up to date, refuses a newer or foreign one. Never changes what it refuses.
[[nodiscard]] Result<void> prepare_schema(Db& db);

/// Are its pages or tables not as they must be? False for what is whole, foreign, or can't be read at all.
[[nodiscard]] bool is_broken(Db& db);

/// Is it a journal of this doze or of an older one, whole or not?
[[nodiscard]] bool is_ours(Db& db);

/// The version of the tables, 0 for a database that has none yet. Fails as prepare_schema() does; changes nothing.
[[nodiscard]] Result<std::int64_t> check_schema(Db& db);

}  // namespace doze::store
