#include "adapters/store/db.hpp"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace doze::store {

namespace {

/// How long a write waits for another program (a person's sqlite3) that has the file locked. This blocks the loop, so
/// it is short; the caller retries later.
constexpr int busy_timeout_ms = 100;

/// A read-only connection waits longer for the daemon's commit, which takes as long as the disk does.
constexpr int reader_timeout_ms = 3000;

Error last_error(sqlite3* db) {
    const char* file = sqlite3_db_filename(db, nullptr);
    int code = sqlite3_extended_errcode(db);
    const std::string detail = sqlite3_errmsg(db);
    int moved = 0;
    // SQLite may first notice a deleted file as a failed read, write or open.
    sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved);
    if (moved != 0) code = SQLITE_READONLY_DBMOVED;
    return explain(code, file != nullptr ? file : "", detail);
}

struct OpenedFile {
    bool is_new = false;
};

/// Creates the file, or removes other users' permissions, before SQLite opens it: SQLite would create it with the
/// umask's mode, and creates its temporary files with the mode of the database.
Result<OpenedFile> prepare_file(const std::string& path) {
    const UniqueFd made(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (made) return OpenedFile{.is_new = true};
    if (errno != EEXIST) {
        const int why = errno;
        return Error{
            .message = fmt::format("The journal {} can't be created: {}.", path, std::generic_category().message(why)),
            .next_step = "Make the folder writable, or choose another one with --state-dir.",
            .recovery = why == ENOSPC ? Recovery::retry : Recovery::tell};
    }
    struct stat status = {};
    if (::stat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & 077) != 0) {
        // Fails for a file of another user, which stays as it is; it may still be readable.
        [[maybe_unused]] const int ignored = ::chmod(path.c_str(), status.st_mode & 0700);
    }
    return OpenedFile{.is_new = false};
}

}  // namespace

Error explain(int code, std::string_view file, std::string_view detail) {
    switch (code & 0xff) {
        case SQLITE_FULL:
            return {.message = fmt::format("The disk is full: {} could not be written.", file),
                    .next_step = "Free some space; doze tries again by itself.",
                    .recovery = Recovery::retry};
        case SQLITE_IOERR:
            return {.message = fmt::format("The disk failed while {} was read or written ({}).", file, detail),
                    .next_step = "doze tries again by itself; if this stays, look at the system log (dmesg).",
                    .recovery = Recovery::retry};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {.message = fmt::format("Another program is using {}.", file),
                    .next_step = "Close it (sqlite3, a backup); doze tries again by itself.",
                    .recovery = Recovery::retry};
        case SQLITE_NOMEM:
            return {.message = fmt::format("There is no memory left to use {}.", file),
                    .next_step = "Close other programs; doze tries again by itself.",
                    .recovery = Recovery::retry};
        case SQLITE_READONLY:
            if (code == SQLITE_READONLY_DBMOVED) {
                return {.message = fmt::format("{} was moved or deleted while doze was using it.", file),
                        .next_step = "doze makes it anew by itself.",
                        .recovery = Recovery::retry};
            }
            if (code == SQLITE_READONLY_ROLLBACK) {
                return {.message = fmt::format("{} holds a write that was cut short.", file),
                        .next_step = "The next start of doze undoes it.",
                        .recovery = Recovery::retry};
            }
            return {.message = fmt::format("{} can't be written: it, its folder or its disk is read-only.", file),
                    .next_step = "Make it writable; doze goes on by itself."};
        case SQLITE_CANTOPEN:
            return {.message = fmt::format("{} can't be opened ({}).", file, detail),
                    .next_step = "Check that the file and its folder are there and belong to you.",
                    .recovery = Recovery::retry};
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return {.message = fmt::format("The journal {} is damaged ({}).", file, detail),
                    .next_step =
                        "doze leaves the file as it is. Put a backup in its place, or move it away to begin with "
                        "an empty one, and wake by hand what doze had put to sleep: nothing else knows of it."};
        default: return {.message = fmt::format("The journal {} failed: {} (SQLite code {}).", file, detail, code)};
    }
}

Result<Db> Db::open(const std::filesystem::path& path) {
    const auto file = prepare_file(path.string());
    if (!file) return file.error();
    // Without SQLITE_OPEN_CREATE: a file that vanished since must be an error, not an empty journal.
    return connect(path, SQLITE_OPEN_READWRITE, file->is_new, busy_timeout_ms);
}

Result<Db> Db::open_to_read(const std::filesystem::path& path) {
    return connect(path, SQLITE_OPEN_READONLY, false, reader_timeout_ms);
}

Result<Db> Db::connect(const std::filesystem::path& path, int mode, bool is_new, int timeout_ms) {
    sqlite3* raw = nullptr;
    const int code = sqlite3_open_v2(path.c_str(), &raw, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Connection handle(raw);
    if (handle == nullptr) return explain(SQLITE_NOMEM, path.string(), "");
    if (code != SQLITE_OK) return explain(code, path.string(), sqlite3_errmsg(raw));
    sqlite3_busy_timeout(raw, timeout_ms);
    return Db(std::move(handle), is_new);
}

Result<void> Db::exec(const char* sql) {
    if (sqlite3_exec(get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return last_error(get());
    return {};
}

Result<std::string> Db::text(const char* sql) {
    auto stmt = Stmt::prepare(*this, sql);
    if (!stmt) return stmt.error();
    Stmt::Run run(*stmt);
    const auto row = run.step();
    if (!row) return row.error();
    return *row ? run.text(0) : std::string();
}

Result<std::int64_t> Db::number(const char* sql) {
    auto stmt = Stmt::prepare(*this, sql);
    if (!stmt) return stmt.error();
    Stmt::Run run(*stmt);
    const auto row = run.step();
    if (!row) return row.error();
    return *row ? run.number(0) : 0;
}

bool Db::is_read_only() const {
    return sqlite3_db_readonly(get(), "main") == 1;
}

Result<Stmt> Stmt::prepare(const Db& db, std::string_view sql) {
    sqlite3_stmt* raw = nullptr;
    if (sqlite3_prepare_v3(db.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw,
                           nullptr) != SQLITE_OK) {
        return last_error(db.get());
    }
    return Stmt(Handle<sqlite3_stmt, sqlite3_finalize>(raw));
}

Stmt::Run::~Run() {
    sqlite3_reset(stmt_);  // Returns the error of the last step again; step() has reported it.
    sqlite3_clear_bindings(stmt_);
}

void Stmt::Run::bound(int code) {
    if (code_ == SQLITE_OK) code_ = code;
}

Stmt::Run& Stmt::Run::bind(std::int64_t value) {
    bound(sqlite3_bind_int64(stmt_, next_++, value));
    return *this;
}

Stmt::Run& Stmt::Run::bind(std::string_view value) {
    // A null pointer would bind NULL instead of an empty text.
    const char* data = value.empty() ? "" : value.data();
    bound(sqlite3_bind_text64(stmt_, next_++, data, value.size(), SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

Stmt::Run& Stmt::Run::bind(std::optional<std::int64_t> value) {
    if (value) return bind(*value);
    bound(sqlite3_bind_null(stmt_, next_++));
    return *this;
}

Stmt::Run& Stmt::Run::bind_value(const Value& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return bind(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return bind(std::string_view(*text));
    return bind(std::optional<std::int64_t>());
}

Result<bool> Stmt::Run::step() {
    sqlite3* db = sqlite3_db_handle(stmt_);
    if (code_ != SQLITE_OK) return last_error(db);
    switch (sqlite3_step(stmt_)) {
        case SQLITE_ROW: return true;
        case SQLITE_DONE: return false;
        default: return last_error(db);
    }
}

std::int64_t Stmt::Run::number(int column) const {
    return sqlite3_column_int64(stmt_, column);
}

std::optional<std::int64_t> Stmt::Run::maybe_number(int column) const {
    if (sqlite3_column_type(stmt_, column) == SQLITE_NULL) return std::nullopt;
    return number(column);
}

std::string Stmt::Run::text(int column) const {
    const auto* data = sqlite3_column_text(stmt_, column);
    if (data == nullptr) return {};
    return {reinterpret_cast<const char*>(data), static_cast<std::size_t>(sqlite3_column_bytes(stmt_, column))};
}

Value Stmt::Run::value(int column) const {
    switch (sqlite3_column_type(stmt_, column)) {
        case SQLITE_NULL: return {};
        case SQLITE_INTEGER: return number(column);
        default: return text(column);
    }
}

Result<Txn> Txn::begin(Db& db) {
    const auto begun = db.exec("BEGIN IMMEDIATE");
    if (!begun) return begun.error();
    return Txn(db);
}

Txn::~Txn() {
    // On some errors (a full disk) SQLite has rolled back by itself.
    if (db_ == nullptr || sqlite3_get_autocommit(db_->get()) != 0) return;
    sqlite3_exec(db_->get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

Result<void> Txn::commit() {
    return db_->exec("COMMIT");
}

}  // namespace doze::store
