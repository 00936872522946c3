#include "adapters/store/sqlite_journal.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <limits>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "adapters/store/db.hpp"
#include "adapters/store/journal_rows.hpp"
#include "adapters/store/schema.hpp"

namespace doze::store {

namespace {

/// A new file survives a power cut only once its folder entry is on disk too.
Result<void> sync_folder(const std::filesystem::path& file) {
    auto folder = file.parent_path();
    if (folder.empty()) folder = ".";
    const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) {
        return Error{.message = fmt::format("The folder {} can't be written to disk: {}.", folder.string(),
                                            std::generic_category().message(errno)),
                     .recovery = Recovery::retry};
    }
    return {};
}

Result<void> configure(Db& db) {
    // 256 KiB of cache (a negative size is in KiB) hold more than the tables that are read often; the whole daemon must
    // stay below 15 MB. The limit keeps the journal of a large transaction from staying large.
    auto set = db.exec(
        "PRAGMA cache_size = -256; PRAGMA temp_store = MEMORY; PRAGMA synchronous = FULL;"
        "PRAGMA journal_size_limit = 65536; PRAGMA trusted_schema = OFF");
    if (!set) return set;
    const auto mode = db.text("PRAGMA journal_mode = PERSIST");
    if (!mode) return mode.error();
    if (*mode != "persist") {
        return Error{.message =
                         fmt::format("The journal can't be used safely: SQLite insists on journal mode '{}'.", *mode)};
    }
    return {};
}

}  // namespace

SqliteJournal::SqliteJournal(Db db, Statements statements, std::int64_t history_lines, std::string boot)
    : db_(std::move(db)), statements_(std::move(statements)), history_lines_(history_lines), boot_(std::move(boot)) {}

std::string SqliteJournal::this_boot() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    file >> id;
    return id;
}

Result<std::unique_ptr<SqliteJournal>> SqliteJournal::open(const std::filesystem::path& path,
                                                           std::int64_t history_lines, std::string boot) {
    auto db = Db::open(path);
    if (!db) return db.error();
    const auto configured = configure(*db);
    if (!configured) return configured.error();
    const auto prepared = prepare_schema(*db);
    if (!prepared) return prepared.error();
    if (db->is_new()) {
        const auto synced = sync_folder(path);
        if (!synced) return synced.error();
    }

    Error failed;
    bool ok = true;
    const auto prepare = [&](const std::string& sql) {
        auto stmt = Stmt::prepare(*db, sql);
        if (stmt) return std::move(*stmt);
        ok = false;
        failed = stmt.error();
        return Stmt();
    };
    // The condition of the update enforces that a snapshot is never overwritten while its row is open.
    Statements statements{
        .entries = prepare(fmt::format("SELECT {}, checksum FROM intents ORDER BY resource", intent_columns())),
        .put = prepare(fmt::format("INSERT INTO intents ({}, checksum) VALUES ({}) "
                                   "ON CONFLICT (resource) DO UPDATE SET {} WHERE {}",
                                   intent_columns(), intent_placeholders(), intent_updates(), intent_snapshot_kept())),
        .erase = prepare("DELETE FROM intents WHERE resource = ?"),
        .presence = prepare("SELECT state, since FROM presence"),
        .save = prepare("INSERT OR REPLACE INTO presence (only, state, since) VALUES (1, ?, ?)"),
        .holds = prepare(fmt::format("SELECT {} FROM holds", hold_columns)),
        .save_holds = prepare("INSERT OR REPLACE INTO holds (only, snooze_left, noted_at, noted_boot, boot, held) "
                              "VALUES (1, ?, ?, ?, ?, ?)"),
        .accounts = prepare(fmt::format("SELECT {} FROM accounts", account_columns)),
        .save_account = prepare(fmt::format("INSERT OR REPLACE INTO accounts ({}) VALUES (?, ?, ?)", account_columns)),
        .forget_account = prepare("DELETE FROM accounts WHERE resource = ?"),
        .add = prepare("INSERT INTO history (at, reason, level, resource, text) VALUES (?, ?, ?, ?, ?)"),
        .trim = prepare("DELETE FROM history WHERE id <= ?"),
        .history = prepare("SELECT id, at, reason, level, resource, text FROM history WHERE id < ? AND at >= ? ORDER "
                           "BY id DESC LIMIT ?"),
    };
    if (!ok) return failed;
    return std::unique_ptr<SqliteJournal>(new SqliteJournal(std::move(*db), std::move(statements),
                                                            std::max<std::int64_t>(history_lines, 1), std::move(boot)));
}

Result<std::vector<core::JournalEntry>> SqliteJournal::entries() {
    std::vector<core::JournalEntry> all;
    Stmt::Run run(statements_.entries);
    while (true) {
        const auto row = run.step();
        if (!row) return row.error();
        if (!*row) return all;
        auto entry = read_intent(run);
        if (!entry) return entry.error();
        all.push_back(std::move(*entry));
    }
}

template <class Take>
Result<void> SqliteJournal::read_each(const Take& take) {
    Stmt::Run run(statements_.entries);
    while (true) {
        const auto row = run.step();
        if (!row) return row.error();
        if (!*row) return {};
        take(run.text(0), read_intent(run));
    }
}

Result<std::vector<core::JournalEntry>> SqliteJournal::good_rows() {
    std::vector<core::JournalEntry> good;
    const auto read = read_each([&](const std::string&, Result<core::JournalEntry> entry) {
        if (entry) good.push_back(std::move(*entry));
    });
    if (!read) return read.error();
    return good;
}

Result<std::vector<Error>> SqliteJournal::bad_rows() {
    std::vector<Error> bad;
    const auto read = read_each([&](const std::string&, const Result<core::JournalEntry>& entry) {
        if (!entry) bad.push_back(entry.error());
    });
    if (!read) return read.error();
    return bad;
}

Result<void> SqliteJournal::drop_bad_rows() {
    std::vector<std::string> bad;
    auto read = read_each([&](const std::string& key, const Result<core::JournalEntry>& entry) {
        if (!entry) bad.push_back(key);
    });
    if (!read) return read;
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    for (const auto& key : bad) {
        auto done = erase(key);
        if (!done) return done;
    }
    return txn->commit();
}

std::int64_t SqliteJournal::data_version() {
    const auto version = db_.number("PRAGMA data_version");
    return version ? *version : -1;
}

Result<void> SqliteJournal::check() {
    // Sets the value that is set already; SQLite writes it nevertheless.
    const auto version = db_.number("PRAGMA user_version");
    if (!version) return version.error();
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    auto written = db_.exec(fmt::format("PRAGMA user_version = {}", *version).c_str());
    if (!written) return written;
    return txn->commit();
}

Result<std::optional<core::PresenceRecord>> SqliteJournal::presence() {
    Stmt::Run run(statements_.presence);
    const auto row = run.step();
    if (!row) return row.error();
    if (!*row) return std::optional<core::PresenceRecord>();
    const auto record = read_presence(run);
    if (!record) return record.error();
    return std::optional(*record);
}

Result<void> SqliteJournal::write(std::span<const core::JournalEntry> puts, std::span<const core::ResourceId> closes) {
    if (puts.empty() && closes.empty()) return {};
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    for (const auto& id : closes) {
        auto done = erase(id);
        if (!done) return done;
    }
    for (const auto& entry : puts) {
        auto done = put(entry);
        if (!done) return done;
    }
    return txn->commit();
}

Result<void> SqliteJournal::put(const core::JournalEntry& entry) {
    auto writable = check_writable(entry);
    if (!writable) return writable;
    Stmt::Run run(statements_.put);
    bind_intent(run, entry);
    const auto done = run.step();
    if (!done) return done.error();
    if (sqlite3_changes(db_.get()) == 0) {
        return Error{.message =
                         fmt::format("The journal holds another snapshot of {}, which is not overwritten with {}.",
                                     core::to_string(entry.id), core::to_string(entry.snapshot))};
    }
    return {};
}

Result<void> SqliteJournal::erase(const core::ResourceId& id) {
    return erase(core::to_string(id));
}

Result<void> SqliteJournal::erase(const std::string& key) {
    Stmt::Run run(statements_.erase);
    const auto done = run.bind(key).step();
    if (!done) return done.error();
    return {};
}

Result<void> SqliteJournal::save(const core::PresenceRecord& presence) {
    if (presence.state == core::PresenceState::unknown) {
        return Error{.message = "Unknown presence is not kept in the journal."};
    }
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    {
        Stmt::Run run(statements_.save);
        const auto done = run.bind(core::to_string(presence.state)).bind(to_number(presence.since)).step();
        if (!done) return done.error();
    }
    return txn->commit();
}

Result<std::optional<core::HoldRecord>> SqliteJournal::holds() {
    Stmt::Run run(statements_.holds);
    const auto row = run.step();
    if (!row) return row.error();
    return *row ? std::optional(read_holds(run, boot_)) : std::nullopt;
}

Result<void> SqliteJournal::save(const core::HoldRecord& holds) {
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    {
        Stmt::Run run(statements_.save_holds);
        bind_holds(run, holds, boot_);
        const auto done = run.step();
        if (!done) return done.error();
    }
    return txn->commit();
}

Result<std::map<core::ResourceId, AccountId>> SqliteJournal::accounts() {
    std::map<core::ResourceId, AccountId> all;
    Stmt::Run run(statements_.accounts);
    while (true) {
        const auto row = run.step();
        if (!row) return row.error();
        if (!*row) return all;
        if (auto account = read_account(run)) all.insert(std::move(*account));
    }
}

Result<void> SqliteJournal::save(const core::ResourceId& id, const AccountId& account) {
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    {
        Stmt::Run run(account.str().empty() ? statements_.forget_account : statements_.save_account);
        if (account.str().empty())
            run.bind(core::to_string(id));
        else
            bind_account(run, id, account);
        const auto done = run.step();
        if (!done) return done.error();
    }
    return txn->commit();
}

Result<void> SqliteJournal::add(std::span<const core::Announce> lines, core::WallTime at) {
    if (lines.empty()) return {};
    auto txn = Txn::begin(db_);
    if (!txn) return txn.error();
    for (const auto& line : lines) {
        Stmt::Run run(statements_.add);
        run.bind(to_number(at)).bind(core::to_string(line.reason)).bind(core::to_string(line.level));
        if (line.id) {
            run.bind(core::to_string(*line.id));
        } else {
            run.bind(std::nullopt);
        }
        const auto done = run.bind(line.text).step();
        if (!done) return done.error();
    }
    {
        Stmt::Run run(statements_.trim);
        const auto done = run.bind(std::int64_t{sqlite3_last_insert_rowid(db_.get())} - history_lines_).step();
        if (!done) return done.error();
    }
    return txn->commit();
}

Result<std::vector<core::HistoryLine>> SqliteJournal::history(const core::HistoryQuery& query) {
    std::vector<core::HistoryLine> lines;
    Stmt::Run run(statements_.history);
    run.bind(query.before.value_or(std::numeric_limits<std::int64_t>::max()))
        .bind(query.since ? to_number(*query.since) : std::numeric_limits<std::int64_t>::min())
        .bind(std::max<std::int64_t>(query.limit, 0));  // SQLite treats a negative limit as none.
    while (true) {
        const auto row = run.step();
        if (!row) return row.error();
        if (!*row) return lines;
        lines.push_back(read_history(run));
    }
}

Result<std::int64_t> count_open_rows(const std::filesystem::path& file) {
    auto db = Db::open_to_read(file);
    if (!db) return db.error();
    const auto version = check_schema(*db);
    if (!version) return version.error();
    if (*version == 0) return std::int64_t{0};
    return db->number("SELECT count(*) FROM intents");
}

}  // namespace doze::store
