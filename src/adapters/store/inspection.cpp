#include "adapters/store/inspection.hpp"

#include "adapters/store/db.hpp"
#include "adapters/store/schema.hpp"

namespace doze::store {

Result<std::int64_t> count_open_rows(const std::filesystem::path& file) {
    auto db = Db::open_to_read(file);
    if (!db) return db.error();
    const auto version = check_schema(*db);
    if (!version) return version.error();
    if (*version == 0) return std::int64_t{0};
    return db->number("SELECT count(*) FROM intents");
}

}  // namespace doze::store
