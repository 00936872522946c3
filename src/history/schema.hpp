#pragma once

#include "base/result.hpp"
#include "history/db.hpp"

namespace doze::history {

/// Makes sure that the database is doze's, whole, and of the present version: fills a new one, brings
/// an older one up to date, refuses a newer or foreign one. Never changes what it refuses.
[[nodiscard]] Result<void> prepare_schema(Db& db);

}  // namespace doze::history
