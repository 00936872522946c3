#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/effect.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"
#include "ports/journal.hpp"

namespace doze::executor {

/// Carries out effects through the ports and reports the results as events: first the journal, then the call. Decides
/// nothing. Loop's thread only; `journal`, `cloud` and `clock` must outlive it. `post` may be called after its
/// destruction, but only for calls that were under way.
class Actions {
   public:
    using Post = std::function<void(core::Event)>;

    Actions(ports::Journal& journal, ports::Cloud& cloud, const ports::Clock& clock, Post post)
        : journal_(journal), cloud_(cloud), clock_(clock), post_(std::move(post)) {}

    void operator()(const core::Call& act);
    void operator()(const core::Journal& rows);
    void operator()(const core::SavePresence& effect);
    void operator()(const core::SaveHolds& effect);
    void operator()(const core::SaveAccount& effect);
    void operator()(const core::Describe& effect);
    void operator()(const core::List& effect);

    /// Adds lines to the history once the disk accepts them.
    void remember(const std::vector<core::Announce>& announcements);
    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) {
        return journal_.history(query);
    }

    /// Why the last write to the journal failed; empty if it did not.
    [[nodiscard]] const std::optional<Error>& journal_trouble() const { return trouble_; }

    /// Tests whether the journal is writable, when no other write would show it.
    void check_journal();

    /// Retries failed writes. Cheap if there are none.
    void retry();

   private:
    /// Saves a record that an earlier write failed to save.
    template <class Record>
    void save(std::optional<Record>& unsaved) {
        if (!unsaved) return;
        const auto saved = journal_.save(*unsaved);
        trouble_ = saved ? std::nullopt : std::optional(saved.error());
        if (saved) unsaved.reset();
    }

    /// Writes these together with the entries of failed writes. Closes come first.
    Result<void> write(const std::vector<core::JournalEntry>& put, const std::vector<core::ResourceId>& close);

    /// Keeps entries whose write failed.
    void keep(const std::vector<core::JournalEntry>& put, const std::vector<core::ResourceId>& close);
    void add_unwritten();

    static constexpr std::size_t most_unwritten_lines = 1000;

    ports::Journal& journal_;
    ports::Cloud& cloud_;
    const ports::Clock& clock_;
    Post post_;

    // Entries whose write failed. Losing them is harmless (describing after a restart finds the same), but they must be
    // written before anything newer about the same resources.
    std::set<core::ResourceId> unwritten_close_;
    std::map<core::ResourceId, core::JournalEntry> unwritten_put_;
    std::map<core::ResourceId, AccountId> unsaved_accounts_;
    std::optional<core::PresenceRecord> unsaved_presence_;
    std::optional<core::HoldRecord> unsaved_holds_;
    std::deque<std::pair<std::vector<core::Announce>, core::WallTime>> unwritten_lines_;
    std::optional<Error> trouble_;
};

}  // namespace doze::executor
