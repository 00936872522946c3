#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <sqlite3.h>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "base/handle.hpp"
#include "base/result.hpp"

/// SQLite with owners: a connection, its prepared statements, a transaction that rolls back unless it
/// was committed. Every failure comes back as an Error that a person can read. One thread.
namespace doze::store {

/// What SQLite's result code means for a person, and whether trying later may help. `file` is the
/// database's path, `detail` SQLite's own words. Always ErrorCode::internal.
[[nodiscard]] Error explain(int code, std::string_view file, std::string_view detail);

/// What one column of one row holds: NULL, a number or a text.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

/// An open database file.
class Db {
   public:
    /// Opens, and creates with mode 0600 where there is none. A file that may not be written is opened
    /// for reading.
    [[nodiscard]] static Result<Db> open(const std::filesystem::path& path);

    /// Opens for reading only; fails where there is no file.
    [[nodiscard]] static Result<Db> open_to_read(const std::filesystem::path& path);

    /// Runs one or more statements and ignores their rows.
    [[nodiscard]] Result<void> exec(const char* sql);

    /// The first column of the first row, as text ("" where there is no row).
    [[nodiscard]] Result<std::string> text(const char* sql);

    /// The same as a number.
    [[nodiscard]] Result<std::int64_t> number(const char* sql);

    /// Did open() create the file?
    [[nodiscard]] bool is_new() const { return is_new_; }
    [[nodiscard]] bool is_read_only() const;
    [[nodiscard]] sqlite3* get() const { return handle_.get(); }

   private:
    using Connection = Handle<sqlite3, sqlite3_close>;
    static Result<Db> connect(const std::filesystem::path& path, int mode, bool is_new, int timeout_ms);
    Db(Connection handle, bool is_new) : handle_(std::move(handle)), is_new_(is_new) {}

    Connection handle_;
    bool is_new_;
};

/// A statement, prepared once and run often. Must not outlive its Db.
class Stmt {
   public:
    /// None; only to be assigned to.
    Stmt() = default;

    [[nodiscard]] static Result<Stmt> prepare(const Db& db, std::string_view sql);

    /// One run: binds in the order of the `?`s, then steps. At its end the statement is reset, and with
    /// it every lock that reading holds.
    class Run {
       public:
        explicit Run(Stmt& stmt) : stmt_(stmt.handle_.get()) {}
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

        Run& bind(std::int64_t value);
        Run& bind(std::string_view value);
        Run& bind(std::optional<std::int64_t> value);  ///< None is NULL.
        Run& bind_value(const Value& value);

        /// True: there is a row to read. False: done.
        [[nodiscard]] Result<bool> step();

        /// Columns of the present row, from 0.
        [[nodiscard]] std::int64_t number(int column) const;
        [[nodiscard]] std::optional<std::int64_t> maybe_number(int column) const;
        [[nodiscard]] std::string text(int column) const;
        [[nodiscard]] Value value(int column) const;

       private:
        void bound(int code);

        sqlite3_stmt* stmt_;
        int next_ = 1;
        int code_ = SQLITE_OK;  ///< The first bind that failed.
    };

   private:
    explicit Stmt(Handle<sqlite3_stmt, sqlite3_finalize> handle) : handle_(std::move(handle)) {}

    Handle<sqlite3_stmt, sqlite3_finalize> handle_;
};

/// A transaction for writing. Rolled back at the end of its life unless commit() succeeded.
class Txn {
   public:
    /// Takes the write lock at once, so that no later step can fail for want of it.
    [[nodiscard]] static Result<Txn> begin(Db& db);

    Txn(Txn&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    Txn& operator=(Txn&&) = delete;
    ~Txn();

    /// On disk when it returns without error.
    [[nodiscard]] Result<void> commit();

   private:
    explicit Txn(Db& db) : db_(&db) {}

    Db* db_;
};

}  // namespace doze::store
