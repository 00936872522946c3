#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/store/salvage.hpp"
#include "adapters/store/sqlite_journal.hpp"
#include "adapters/store/state_lock.hpp"
#include "core/effect.hpp"
#include "ports/journal.hpp"

namespace doze::store {

/// The daemon's journal, which survives faults of its disk: everything read and written is also kept in memory, and
/// whatever happens to the file, folder, locks or disk, it retries until all is in order. A missing file is recreated
/// from memory, a damaged one is kept under another name, a replaced one is brought up to date. While another doze may
/// be writing, writes are refused. Loop's thread only.
class LastingJournal final : public ports::Journal {
   public:
    using Tell = std::function<void(core::Level, const std::string&)>;

    /// If the disk fails, starts with what could be read, and keeps retrying. Fails only if another doze uses the
    /// folder. `tell` is called with everything that a person should know; `pause` is the time between two attempts.
    [[nodiscard]] static Result<std::unique_ptr<LastingJournal>> open(
        const std::filesystem::path& state_dir, Tell tell,
        std::chrono::milliseconds pause = std::chrono::milliseconds(1000));

    /// Answered from memory: these never fail.
    [[nodiscard]] Result<std::vector<core::JournalEntry>> entries() override;
    [[nodiscard]] Result<std::optional<core::PresenceRecord>> presence() override { return known_.presence; }
    [[nodiscard]] Result<std::optional<core::HoldRecord>> holds() override { return known_.holds; }
    [[nodiscard]] Result<std::map<core::ResourceId, AccountId>> accounts() override { return known_.accounts; }

    [[nodiscard]] Result<void> write(std::span<const core::JournalEntry> put,
                                     std::span<const core::ResourceId> close) override;
    [[nodiscard]] Result<void> save(const core::PresenceRecord& presence) override;
    [[nodiscard]] Result<void> save(const core::HoldRecord& holds) override;
    [[nodiscard]] Result<void> save(const core::ResourceId& id, const AccountId& account) override;
    [[nodiscard]] Result<void> add(std::span<const core::Announce> lines, core::WallTime at) override;
    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override;

    /// Whether the journal is writable; tries to repair what is wrong.
    [[nodiscard]] Result<void> check() override;

    /// Detects changes of the files, and repairs them. Call every few seconds.
    void tend();

    /// Rows that appeared in a file after the start and were not known before. Each is returned once.
    [[nodiscard]] std::vector<core::JournalEntry> take_found() { return std::exchange(found_, {}); }

    [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

    /// What happened to damaged or missing files, newest last.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

   private:
    LastingJournal(std::filesystem::path state_dir, Tell tell, std::chrono::milliseconds pause);

    /// The open journal; reopens it if necessary and the pause has passed.
    [[nodiscard]] Result<SqliteJournal*> usable();
    [[nodiscard]] Result<void> reopen();
    [[nodiscard]] Result<void> take_locks();
    [[nodiscard]] Result<void> replace_damaged();
    [[nodiscard]] Result<void> make_fresh();
    [[nodiscard]] std::filesystem::path fresh_name() const;
    void remove_fresh() const;
    void drop_bad_rows();
    void read_what_can_be_read();
    void learn(const Contents& contents);
    [[nodiscard]] Result<void> bring_up_to_date();
    [[nodiscard]] bool is_in_place();
    [[nodiscard]] Result<void> noted(Result<void> done);
    void note(core::Level level, std::string text);
    /// For a row that can't be read, which every attempt finds again.
    void note_once(const std::string& text);

    std::filesystem::path state_dir_;
    std::filesystem::path file_;
    Tell tell_;
    std::chrono::milliseconds pause_;

    std::optional<StateLock> lock_;
    std::optional<DatabaseLock> database_lock_;
    std::unique_ptr<SqliteJournal> journal_;
    std::int64_t version_ = 0;  ///< SQLite's data_version, which changes when another connection writes.

    Contents known_;
    bool has_read_ = false;                              ///< The complete content of the file was read at some time.
    std::map<core::ResourceId, core::WallTime> closed_;  ///< Rows that this process closed, with their time of opening.
    std::vector<core::JournalEntry> found_;

    std::optional<Error> trouble_;
    std::chrono::steady_clock::time_point next_try_;
    std::vector<std::string> notes_;
    std::set<std::string> told_;
};

}  // namespace doze::store
