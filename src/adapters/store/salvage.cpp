#include "adapters/store/salvage.hpp"

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <set>
#include <system_error>
#include <unistd.h>

#include "adapters/store/journal_rows.hpp"
#include "adapters/store/schema.hpp"
#include "adapters/store/sqlite_journal.hpp"
#include "base/handle.hpp"

namespace doze::store {

namespace {

namespace fs = std::filesystem;

/// A smaller file holds no page of a database: SQLite takes it for an empty one.
constexpr std::uintmax_t smallest_database = 512;

fs::path journal_of(const fs::path& file) {
    return file.string() + "-journal";
}

/// A private temporary folder, removed on destruction.
class Scratch {
   public:
    Scratch() {
        std::error_code error;
        auto name = (fs::temp_directory_path(error) / "doze-journal-XXXXXX").string();
        if (!error && ::mkdtemp(name.data()) != nullptr) path_ = name;
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        if (!path_.empty()) fs::remove_all(path_, ignored);
    }

    /// Copies the file and, if it exists, its rollback journal; empty if that fails.
    [[nodiscard]] fs::path copy(const fs::path& file) const {
        std::error_code error;
        if (path_.empty()) return {};
        const auto to = path_ / "doze.db";
        fs::copy_file(file, to, error);
        if (error) return {};
        if (fs::exists(journal_of(file), error)) fs::copy_file(journal_of(file), journal_of(to), error);
        return error ? fs::path() : to;
    }

   private:
    fs::path path_;
};

std::set<std::string> columns_in(Db& db, const char* table) {
    std::set<std::string> names;
    auto stmt = Stmt::prepare(db, fmt::format("SELECT name FROM pragma_table_info('{}')", table));
    if (!stmt) return names;
    Stmt::Run run(*stmt);
    for (auto row = run.step(); row && *row; row = run.step()) names.insert(run.text(0));
    return names;
}

/// "resource, step, NULL, ...": NULL for columns that this version of the table lacks.
std::string selected(const std::set<std::string>& there) {
    std::string text;
    for (const auto& name : intent_column_names()) {
        if (!text.empty()) text += ", ";
        text += there.contains(name) ? name : "NULL";
    }
    return text + (there.contains("checksum") ? ", checksum" : ", NULL");
}

/// Reads rows in the given order until the first that fails. True if it reached the end.
bool read_rows(Db& db, const std::string& columns, const char* order, Salvaged& into) {
    auto stmt = Stmt::prepare(db, fmt::format("SELECT {} FROM intents NOT INDEXED ORDER BY rowid {}", columns, order));
    if (!stmt) return false;
    Stmt::Run run(*stmt);
    while (true) {
        const auto row = run.step();
        if (!row) return false;
        if (!*row) return true;
        if (auto entry = read_intent(run))
            into.contents.rows.insert_or_assign(entry->id, *entry);
        else
            into.bad.push_back(entry.error());
    }
}

void read_rest(Db& db, Salvaged& into) {
    auto& to = into.contents;
    if (auto stmt = Stmt::prepare(db, "SELECT state, since FROM presence")) {
        Stmt::Run run(*stmt);
        if (const auto row = run.step(); row && *row)
            if (const auto presence = read_presence(run)) to.presence = *presence;
    }
    if (auto stmt = Stmt::prepare(db, fmt::format("SELECT {} FROM holds", hold_columns))) {
        Stmt::Run run(*stmt);
        if (const auto row = run.step(); row && *row) to.holds = read_holds(run, SqliteJournal::this_boot());
    }
    if (auto stmt = Stmt::prepare(db, fmt::format("SELECT {} FROM accounts", account_columns))) {
        Stmt::Run run(*stmt);
        for (auto row = run.step(); row && *row; row = run.step())
            if (auto account = read_account(run)) to.accounts.insert(std::move(*account));
    }
}

Error cannot_keep(const fs::path& file, int why) {
    return {.message = fmt::format("{} can't be kept under another name: {}.", file.string(),
                                   std::generic_category().message(why)),
            .next_step = "doze tries again by itself.",
            .recovery = Recovery::retry};
}

Error cannot_make(const fs::path& file, int why) {
    return {.message = fmt::format("{} can't be made: {}.", file.string(), std::generic_category().message(why)),
            .next_step = "doze tries again by itself.",
            .recovery = Recovery::retry};
}

int sync_path(const fs::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return errno;
    return ::fsync(fd.get()) == 0 ? 0 : errno;
}

}  // namespace

bool is_damaged(const fs::path& file) {
    std::error_code error;
    const auto size = fs::file_size(file, error);
    if (error) return false;
    if (size < smallest_database) return true;
    auto db = Db::open_to_read(file);
    return db && is_broken(*db);
}

Salvaged salvage(const fs::path& file) {
    Salvaged found;
    const Scratch scratch;
    const auto copy = scratch.copy(file);
    // The copy is opened for writing, so that SQLite can roll back an interrupted write in it.
    auto db = copy.empty() ? Db::open_to_read(file) : Db::open(copy);
    if (!db || !is_ours(*db)) return found;
    const auto columns = columns_in(*db, "intents");
    if (!columns.empty()) {
        found.is_whole = read_rows(*db, selected(columns), "ASC", found);
        if (!found.is_whole) read_rows(*db, selected(columns), "DESC", found);
    }
    read_rest(*db, found);
    return found;
}

fs::path name_aside(const fs::path& file) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    const auto name = fmt::format("{}.damaged-{:%Y%m%dT%H%M%SZ}", file.string(), now);
    auto free = fs::path(name);
    std::error_code ignored;
    for (int number = 2; fs::exists(free, ignored); ++number) free = fmt::format("{}-{}", name, number);
    return free;
}

Result<fs::path> copy_aside(const fs::path& file) {
    const auto aside = name_aside(file);
    std::error_code error;
    fs::copy_file(file, aside, error);
    int why = error.value();
    if (why == 0) why = sync_path(aside);
    if (why == 0) return aside;
    fs::remove(aside, error);
    return cannot_keep(file, why);
}

Result<void> place_new(const fs::path& file, const fs::path& fresh) {
    std::error_code ignored;
    // The rollback journal of a deleted file must never be applied to the new one.
    fs::remove(journal_of(file), ignored);
    if (::link(fresh.c_str(), file.c_str()) != 0) {
        const bool knows_no_links = errno == EPERM || errno == EOPNOTSUPP || errno == ENOSYS;
        if (!knows_no_links || ::rename(fresh.c_str(), file.c_str()) != 0) return cannot_make(file, errno);
    }
    fs::remove(fresh, ignored);
    fs::remove(journal_of(fresh), ignored);
    if (const int why = sync_path(file.parent_path()); why != 0) return cannot_make(file, why);
    return {};
}

Result<fs::path> replace_and_keep(const fs::path& file, const fs::path& fresh) {
    const auto aside = name_aside(file);
    std::error_code ignored;
    // The rollback journal of the old file must never be applied to the new one.
    if (::rename(journal_of(file).c_str(), journal_of(aside).c_str()) != 0 && errno != ENOENT)
        return cannot_keep(file, errno);
    if (::link(file.c_str(), aside.c_str()) != 0 && errno != ENOENT) {
        // Without hard links there is a moment at which the old name does not exist.
        if (::rename(file.c_str(), aside.c_str()) != 0) return cannot_keep(file, errno);
    }
    if (::rename(fresh.c_str(), file.c_str()) != 0) return cannot_keep(file, errno);
    fs::remove(journal_of(fresh), ignored);
    if (const int why = sync_path(file.parent_path()); why != 0) return cannot_keep(file, why);
    return aside;
}

}  // namespace doze::store
