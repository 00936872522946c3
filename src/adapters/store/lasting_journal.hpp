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

/// The journal of the daemon, which outlives its disk: what was read and written is known in memory too, and whatever
/// happens to file, folder, lock or disk, it is tried again until it is as it should be. What is gone is made anew from
/// memory, what is damaged is kept under another name, what was replaced is brought up to date. Writes while another
/// doze may be writing are refused. Lives on the loop's thread.
class LastingJournal final : public ports::Journal {
   public:
    using Tell = std::function<void(core::Level, const std::string&)>;

    /// Where the disk is sick, this begins with what could be read, and goes on trying. Fails only where another doze
    /// uses the folder. `tell` is called with each thing that a person should know; `pause` is between two tries.
    [[nodiscard]] static Result<std::unique_ptr<LastingJournal>> open(
        const std::filesystem::path& state_dir, Tell tell,
        std::chrono::milliseconds pause = std::chrono::milliseconds(1000));

    /// From memory: these never fail.
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

    /// Whether it can be written; tries to mend what is wrong.
    [[nodiscard]] Result<void> check() override;

    /// Notices what happened to the files since, and mends it. To be called every few seconds.
    void tend();

    /// Rows that were found in a file after the start, and not known before. Each is told once.
    [[nodiscard]] std::vector<core::JournalEntry> take_found() { return std::exchange(found_, {}); }

    [[nodiscard]] const std::optional<Error>& trouble() const { return trouble_; }

    /// What became of files that were damaged or gone, newest last.
    [[nodiscard]] const std::vector<std::string>& notes() const { return notes_; }

   private:
    LastingJournal(std::filesystem::path state_dir, Tell tell, std::chrono::milliseconds pause);

    /// The journal to write to, opened anew where that is needed and due.
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
    /// Of a row that can't be read, which each try finds again.
    void note_once(const std::string& text);

    std::filesystem::path state_dir_;
    std::filesystem::path file_;
    Tell tell_;
    std::chrono::milliseconds pause_;

    std::optional<StateLock> lock_;
    std::optional<DatabaseLock> database_lock_;
    std::unique_ptr<SqliteJournal> journal_;
    std::int64_t version_ = 0;  ///< Of the file's content, as SQLite counts changes by others.

    Contents known_;
    bool has_read_ = false;                              ///< All that the file held at some moment is known.
    std::map<core::ResourceId, core::WallTime> closed_;  ///< What this process closed, and when it was opened.
    std::vector<core::JournalEntry> found_;

    std::optional<Error> trouble_;
    std::chrono::steady_clock::time_point next_try_;
    std::vector<std::string> notes_;
    std::set<std::string> told_;
};

}  // namespace doze::store
