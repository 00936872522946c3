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

/// RAII wrappers for SQLite: a connection, prepared statements, and a transaction that rolls back unless committed.
/// Every failure is returned as an Error for a person to read. For one thread.
namespace doze::store {

/// Explains a result code of SQLite, and whether retrying may help. `file` is the database's path, `detail` SQLite's
/// own message. Always ErrorCode::internal.
[[nodiscard]] Error explain(int code, std::string_view file, std::string_view detail);

/// The value of a column: NULL, a number or a text.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

/// An open database file.
class Db {
   public:
    /// Opens the file, or creates it with mode 0600. A file that is not writable is opened
    /// read-only.
    [[nodiscard]] static Result<Db> open(const std::filesystem::path& path);

    /// Opens read-only; fails if there is no file.
    [[nodiscard]] static Result<Db> open_to_read(const std::filesystem::path& path);

    /// Runs one or more statements and discards their rows.
    [[nodiscard]] Result<void> exec(const char* sql);

    /// The first column of the first row as text; "" if there is no row.
    [[nodiscard]] Result<std::string> text(const char* sql);

    /// The same as a number.
    [[nodiscard]] Result<std::int64_t> number(const char* sql);

    /// Whether open() created the file.
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

/// A prepared statement, to be run any number of times. Must not outlive its Db.
class Stmt {
   public:
    /// An empty statement, only to be assigned to.
    Stmt() = default;

    [[nodiscard]] static Result<Stmt> prepare(const Db& db, std::string_view sql);

    /// One execution: binds in the order of the `?`s, then steps. Its destructor resets the statement, which releases
    /// all read locks.
    class Run {
       public:
        explicit Run(Stmt& stmt) : stmt_(stmt.handle_.get()) {}
        Run(const Run&) = delete;
        Run& operator=(const Run&) = delete;
        ~Run();

        Run& bind(std::int64_t value);
        Run& bind(std::string_view value);
        Run& bind(std::optional<std::int64_t> value);  ///< Empty binds NULL.
        Run& bind_value(const Value& value);

        /// True: there is a row to read. False: no more rows.
        [[nodiscard]] Result<bool> step();

        /// Columns of the current row, from 0.
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

/// A write transaction, rolled back on destruction unless commit() succeeded.
class Txn {
   public:
    /// Takes the write lock at once, so that no later step can fail to get it.
    [[nodiscard]] static Result<Txn> begin(Db& db);

    Txn(Txn&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}
    Txn& operator=(Txn&&) = delete;
    ~Txn();

    /// The transaction is on disk when this returns without error.
    [[nodiscard]] Result<void> commit();

   private:
    explicit Txn(Db& db) : db_(&db) {}

    Db* db_;
};

}  // namespace doze::store
