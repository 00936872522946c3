#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "adapters/store/db.hpp"
#include "base/result.hpp"
#include "ports/journal.hpp"

namespace doze::store {

/// The journal and the history in one SQLite file, mode 0600.
///
/// A write survives a kill and a power cut once the call has returned without error: the database uses a
/// rollback journal in PERSIST mode with synchronous=FULL. A write-ahead log would need fewer fsyncs (1 instead
/// of 4), but doze writes a few times an hour, and a rollback journal can be read on a read-only or full disk,
/// is one file to copy, and detects that its file was deleted. Of the rollback modes, DELETE (the default) does
/// not fsync the folder at synchronous=FULL, so a power cut may undo the last commit; PERSIST commits by an
/// fsync of the journal itself, and keeps the journal's space, so that rows can be updated and closed on a full
/// disk.
///
/// Errors: always ErrorCode::internal. Recovery::retry if retrying may help (disk full, busy, a failed
/// read or write), Recovery::tell if only a person can help (read-only, damaged). After a failed write the
/// journal stays usable and unchanged, with one unavoidable exception: if the very last fsync of a commit
/// fails (a dying disk, not a full one), the write fails but may still be there. Repeating it does no
/// harm.
class SqliteJournal final : public ports::Journal {
   public:
    static constexpr std::int64_t default_history_lines = 100'000;

    /// Opens the file, or creates it in its folder, which must exist. A damaged or foreign file, or one of a newer
    /// doze, is refused and left unchanged. A file that is not writable is opened read-only. `boot` identifies the
    /// machine's current boot: monotonic times in records of an earlier one are invalid.
    [[nodiscard]] static Result<std::unique_ptr<SqliteJournal>> open(const std::filesystem::path& path,
                                                                     std::int64_t history_lines = default_history_lines,
                                                                     std::string boot = this_boot());

    /// The kernel's id of the current boot; empty if it gives none.
    [[nodiscard]] static std::string this_boot();

    /// Fails for a row that can't be understood, and names it: skipping it would lose a resource that nobody
    /// wakes.
    [[nodiscard]] Result<std::vector<core::JournalEntry>> entries() override;
    /// The rows that can be understood, and an error for each of the others.
    [[nodiscard]] Result<std::vector<core::JournalEntry>> good_rows();
    [[nodiscard]] Result<std::vector<Error>> bad_rows();
    /// Removes those others, in one transaction.
    [[nodiscard]] Result<void> drop_bad_rows();

    /// Changes whenever another connection changed the file; -1 if it can't be read.
    [[nodiscard]] std::int64_t data_version();

    [[nodiscard]] Result<std::optional<core::PresenceRecord>> presence() override;

    /// Refuses (`internal`) a row that entries() could not read back.
    [[nodiscard]] Result<void> write(std::span<const core::JournalEntry> put,
                                     std::span<const core::ResourceId> close) override;
    [[nodiscard]] Result<void> save(const core::PresenceRecord& presence) override;
    [[nodiscard]] Result<std::optional<core::HoldRecord>> holds() override;
    [[nodiscard]] Result<void> save(const core::HoldRecord& holds) override;

    [[nodiscard]] Result<std::map<core::ResourceId, AccountId>> accounts() override;
    [[nodiscard]] Result<void> save(const core::ResourceId& id, const AccountId& account) override;

    /// Keeps only the newest `history_lines`.
    [[nodiscard]] Result<void> add(std::span<const core::Announce> lines, core::WallTime at) override;

    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override;

    /// Writes without changing anything.
    [[nodiscard]] Result<void> check() override;

   private:
    struct Statements {
        Stmt entries;
        Stmt put;
        Stmt erase;
        Stmt presence;
        Stmt save;
        Stmt holds;
        Stmt save_holds;
        Stmt accounts;
        Stmt save_account;
        Stmt forget_account;
        Stmt add;
        Stmt trim;
        Stmt history;
    };

    SqliteJournal(Db db, Statements statements, std::int64_t history_lines, std::string boot);

    /// Calls `take` with each row and its key.
    template <class Take>
    [[nodiscard]] Result<void> read_each(const Take& take);
    [[nodiscard]] Result<void> put(const core::JournalEntry& entry);
    [[nodiscard]] Result<void> erase(const std::string& key);
    [[nodiscard]] Result<void> erase(const core::ResourceId& id);

    Db db_;  // Before its statements, so that it is destroyed after them.
    Statements statements_;
    std::int64_t history_lines_;
    std::string boot_;
};

/// Opens a journal read-only, even while a daemon uses it, checks that it is intact and of a known version, and counts
/// its open rows. Errors as for SqliteJournal.
[[nodiscard]] Result<std::int64_t> count_open_rows(const std::filesystem::path& file);

}  // namespace doze::store
