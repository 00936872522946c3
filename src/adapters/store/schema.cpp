#include "adapters/store/schema.hpp"

#include <array>
#include <fmt/format.h>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/store/journal_rows.hpp"

namespace doze::store {

namespace {

/// "doze" in ASCII, in the field of the file header that SQLite reserves for an application id.
constexpr std::int64_t application_id = 0x646f7a65;

/// The migration from version N (the index) to N + 1. Never change a released one: add the next. Times are milliseconds
/// since 1970, UTC. Enum words are those of core::to_string.
constexpr std::array migrations = {
    R"(
        CREATE TABLE intents (
            resource TEXT PRIMARY KEY NOT NULL,
            step TEXT NOT NULL,
            owner TEXT NOT NULL,
            desired INTEGER NOT NULL,
            min INTEGER,
            max INTEGER,
            opened_at INTEGER NOT NULL,
            called_at INTEGER,
            left_desired INTEGER,
            left_min INTEGER,
            left_max INTEGER,
            left_changed_at INTEGER
        ) STRICT;
        CREATE TABLE presence (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            state TEXT NOT NULL,
            since INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE history (
            id INTEGER PRIMARY KEY,
            at INTEGER NOT NULL,
            reason TEXT NOT NULL,
            level TEXT NOT NULL,
            resource TEXT,
            text TEXT NOT NULL
        ) STRICT;
    )",
    R"(
        ALTER TABLE intents ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE intents ADD COLUMN left_suspended INTEGER;
        ALTER TABLE intents ADD COLUMN restarts_at INTEGER;
    )",
    R"(
        CREATE TABLE holds (
            only INTEGER PRIMARY KEY CHECK (only = 1),
            snoozed_until INTEGER,
            held INTEGER NOT NULL
        ) STRICT;
    )",
    R"(
        ALTER TABLE intents ADD COLUMN account TEXT;
        ALTER TABLE intents ADD COLUMN created_at INTEGER;
        ALTER TABLE intents ADD COLUMN requested INTEGER;
        ALTER TABLE intents ADD COLUMN goal_desired INTEGER;
        ALTER TABLE intents ADD COLUMN goal_min INTEGER;
        ALTER TABLE intents ADD COLUMN goal_max INTEGER;
        ALTER TABLE intents ADD COLUMN goal_suspended INTEGER;
        ALTER TABLE intents ADD COLUMN checksum INTEGER;
        ALTER TABLE holds ADD COLUMN snooze_left INTEGER;
        ALTER TABLE holds ADD COLUMN noted_at INTEGER;
        ALTER TABLE holds ADD COLUMN noted_boot INTEGER;
        ALTER TABLE holds ADD COLUMN boot TEXT;
        UPDATE holds SET noted_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE snoozed_until IS NOT NULL;
        UPDATE holds SET snooze_left = max(snoozed_until - noted_at, 0) WHERE snoozed_until IS NOT NULL;
        ALTER TABLE holds DROP COLUMN snoozed_until;
        CREATE TABLE accounts (
            resource TEXT PRIMARY KEY NOT NULL,
            account TEXT NOT NULL,
            checksum INTEGER NOT NULL
        ) STRICT;
    )",
};
constexpr auto newest_version = static_cast<std::int64_t>(migrations.size());

std::string file_of(const Db& db) {
    return sqlite3_db_filename(db.get(), "main");
}

/// The first version whose rows have checksums.
constexpr std::int64_t first_with_checksums = 4;

/// Accepts the rows that an older doze wrote as they are; later changes of them are detected.
Result<void> add_checksums(Db& db) {
    auto read = Stmt::prepare(db, fmt::format("SELECT {} FROM intents", intent_columns()));
    if (!read) return read.error();
    auto write = Stmt::prepare(db, "UPDATE intents SET checksum = ? WHERE resource = ?");
    if (!write) return write.error();
    Stmt::Run rows(*read);
    while (true) {
        const auto row = rows.step();
        if (!row) return row.error();
        if (!*row) return {};
        const auto values = intent_values(rows);
        Stmt::Run update(*write);
        const auto done = update.bind(checksum_of_intent(values)).bind(std::get<std::string>(values.front())).step();
        if (!done) return done.error();
    }
}

Result<void> migrate(Db& db, std::int64_t from) {
    auto txn = Txn::begin(db);
    if (!txn) return txn.error();
    for (auto version = from; version < newest_version; ++version) {
        auto done = db.exec(migrations.at(static_cast<std::size_t>(version)));
        if (!done) return done;
    }
    if (from < first_with_checksums) {
        auto added = add_checksums(db);
        if (!added) return added;
    }
    auto marked = db.exec(
        fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", application_id, newest_version).c_str());
    if (!marked) return marked;
    return txn->commit();
}

/// The tables that are checked. The history is left out: checking 100,000 lines would take longer than a start may, and
/// no promise depends on it.
constexpr struct {
    std::string_view table;
    std::int64_t since;  ///< The version that introduced it.
} promises[] = {{"intents", 1}, {"presence", 1}, {"holds", 3}, {"accounts", 4}};

Result<void> check_whole(Db& db, std::int64_t version) {
    auto has = Stmt::prepare(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = ?");
    if (!has) return has.error();
    for (const auto& [table, since] : promises) {
        if (version < since) continue;
        {
            Stmt::Run run(*has);
            const auto row = run.bind(table).step();
            if (!row) return row.error();
            if (run.number(0) == 0)
                return explain(SQLITE_CORRUPT, file_of(db), fmt::format("the table {} is missing", table));
        }
        const auto found = db.text(fmt::format("PRAGMA quick_check({})", table).c_str());
        if (!found) return found.error();
        if (*found != "ok") return explain(SQLITE_CORRUPT, file_of(db), *found);
    }
    return {};
}

/// 0 for an empty database.
Result<std::int64_t> version_of(Db& db) {
    const auto objects = db.number("SELECT count(*) FROM sqlite_schema");
    if (!objects) return objects.error();
    const auto mark = db.number("PRAGMA application_id");
    if (!mark) return mark.error();
    const auto version = db.number("PRAGMA user_version");
    if (!version) return version.error();

    // A crash between creating the file and the first commit leaves an empty database.
    const bool empty = *objects == 0 && *mark == 0 && *version == 0;
    if (!empty && *mark != application_id) {
        return Error{.message = fmt::format("{} is a database, but not one of doze.", file_of(db)),
                     .next_step = "Move it away, or choose another folder with --state-dir."};
    }
    if (*version > newest_version) {
        return Error{
            .message = fmt::format("{} was written by a newer doze (version {} of its tables; this one knows {}).",
                                   file_of(db), *version, newest_version),
            .next_step = "Use the newer doze."};
    }
    return *version;
}

}  // namespace

bool is_broken(Db& db) {
    const auto code = [&] { return sqlite3_errcode(db.get()) & 0xff; };
    const auto version = version_of(db);
    if (!version) return code() == SQLITE_CORRUPT || code() == SQLITE_NOTADB;
    if (*version == 0 || check_whole(db, *version)) return false;
    const bool can_not_tell = code() == SQLITE_IOERR || code() == SQLITE_BUSY || code() == SQLITE_NOMEM ||
                              code() == SQLITE_CANTOPEN || code() == SQLITE_READONLY;
    return !can_not_tell;
}

bool is_ours(Db& db) {
    const auto version = version_of(db);
    return version && *version > 0;
}

Result<std::int64_t> check_schema(Db& db) {
    const auto version = version_of(db);
    if (!version || *version == 0) return version;
    const auto whole = check_whole(db, *version);
    if (!whole) return whole.error();
    return version;
}

Result<void> prepare_schema(Db& db) {
    const auto version = version_of(db);
    if (!version) return version.error();
    if (*version < newest_version) {
        auto migrated = migrate(db, *version);
        if (!migrated) return migrated;
    }
    return check_whole(db, newest_version);
}

}  // namespace doze::store
