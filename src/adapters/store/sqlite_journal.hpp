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
/// Durable over a kill and a power cut from the moment that a call returns without error, because it
/// uses a rollback journal in PERSIST mode with synchronous=FULL. A write-ahead log needs fewer fsyncs
/// (1 instead of 4), but doze writes a few times an hour, and in exchange a rollback journal can be read
/// on a read-only or full disk, is one file to copy, and notices a file that was deleted under it. Of
/// the rollback modes, DELETE (the default) does not fsync the folder at synchronous=FULL, so that a
/// power cut may undo the last commit; PERSIST commits by an fsync of the journal itself, and keeps the
/// journal's space, so that rows can still be updated and closed on a full disk.
///
/// Errors: all are ErrorCode::internal. Recovery::retry where trying later may help (disk full, busy, a
/// read or write that failed), Recovery::tell where only a person can (read-only, damaged). After a
/// failed write the journal stays usable, and is as before the write, with one exception that no program
/// can avoid: when the very last fsync of a commit fails (a dying disk, not a full one), the write is told
/// as failed and may yet be there. Repeating it does no harm.
class SqliteJournal final : public ports::Journal {
   public:
    static constexpr std::int64_t default_history_lines = 100'000;

    /// Opens the file, or creates it in its folder, which must exist. A file that is damaged, foreign or
    /// of a newer doze is refused and left as it is. One that can't be written opens for reading.
    /// `boot` names the present run of the machine: a record of an earlier one has no time by the machine's clock.
    [[nodiscard]] static Result<std::unique_ptr<SqliteJournal>> open(const std::filesystem::path& path,
                                                                     std::int64_t history_lines = default_history_lines,
                                                                     std::string boot = this_boot());

    /// What the kernel calls this run of the machine; empty where it does not say.
    [[nodiscard]] static std::string this_boot();

    /// A row that can't be understood is an error that names it, never left out: a lost row is a resource
    /// that nobody wakes.
    [[nodiscard]] Result<std::vector<core::JournalEntry>> entries() override;
    /// The rows that can be understood, and why each of the others can't.
    [[nodiscard]] Result<std::vector<core::JournalEntry>> good_rows();
    [[nodiscard]] Result<std::vector<Error>> bad_rows();
    /// Removes those others, in one transaction.
    [[nodiscard]] Result<void> drop_bad_rows();

    /// Another number once another connection changed the file; -1 where it can't be read.
    [[nodiscard]] std::int64_t data_version();

    [[nodiscard]] Result<std::optional<core::PresenceRecord>> presence() override;

    /// A row that entries() could not read back is refused (`internal`).
    [[nodiscard]] Result<void> write(std::span<const core::JournalEntry> put,
                                     std::span<const core::ResourceId> close) override;
    [[nodiscard]] Result<void> save(const core::PresenceRecord& presence) override;
    [[nodiscard]] Result<std::optional<core::HoldRecord>> holds() override;
    [[nodiscard]] Result<void> save(const core::HoldRecord& holds) override;

    [[nodiscard]] Result<std::map<core::ResourceId, AccountId>> accounts() override;
    [[nodiscard]] Result<void> save(const core::ResourceId& id, const AccountId& account) override;

    /// Only the newest `history_lines` are kept.
    [[nodiscard]] Result<void> add(std::span<const core::Announce> lines, core::WallTime at) override;

    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override;

    /// Writes something that changes nothing.
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

    /// Hands out each row, with its key.
    template <class Take>
    [[nodiscard]] Result<void> read_each(const Take& take);
    [[nodiscard]] Result<void> put(const core::JournalEntry& entry);
    [[nodiscard]] Result<void> erase(const std::string& key);
    [[nodiscard]] Result<void> erase(const core::ResourceId& id);

    Db db_;  // Before its statements, so that it outlives them.
    Statements statements_;
    std::int64_t history_lines_;
    std::string boot_;
};

/// Opens a journal for reading only, beside a daemon that may be using it, checks that it is whole and one that this
/// doze understands, and counts its open rows. Errors as those of SqliteJournal.
[[nodiscard]] Result<std::int64_t> count_open_rows(const std::filesystem::path& file);

}  // namespace doze::store
