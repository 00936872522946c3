#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/journal.hpp"

namespace doze::fakes {

/// The journal in memory. It plays the disk: a crash test keeps this object and rebuilds everything
/// else.
class MemoryJournal final : public ports::Journal {
   public:
    struct Line {
        core::Announce what;
        core::WallTime at;
    };

    [[nodiscard]] Result<std::vector<core::JournalEntry>> entries() override;
    [[nodiscard]] Result<std::optional<core::PresenceRecord>> presence() override;
    [[nodiscard]] Result<void> write(std::span<const core::JournalEntry> put,
                                     std::span<const core::ResourceId> close) override;
    [[nodiscard]] Result<void> save(const core::PresenceRecord& presence) override;
    [[nodiscard]] Result<std::optional<core::HoldRecord>> holds() override;
    [[nodiscard]] Result<void> save(const core::HoldRecord& holds) override;
    [[nodiscard]] Result<std::map<core::ResourceId, AccountId>> accounts() override;
    [[nodiscard]] Result<void> save(const core::ResourceId& id, const AccountId& account) override;
    [[nodiscard]] Result<void> check() override { return take_failure(); }
    [[nodiscard]] Result<void> add(std::span<const core::Announce> lines, core::WallTime at) override;
    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override;

    /// The next `count` calls that write (write, save, check, add) fail with this and change nothing. Replaces an
    /// earlier order; 0 ends it.
    void fail_next(int count, Error error);

    /// The open rows, by resource.
    [[nodiscard]] const std::map<core::ResourceId, core::JournalEntry>& rows() const { return rows_; }
    [[nodiscard]] const std::vector<Line>& lines() const { return history_; }

    /// Writes refused because they would have overwritten an open snapshot: bugs in the caller.
    [[nodiscard]] int refused_overwrites() const { return refused_overwrites_; }

   private:
    /// The failure ordered for this write, if any.
    [[nodiscard]] Result<void> take_failure();

    std::map<core::ResourceId, core::JournalEntry> rows_;
    std::optional<core::PresenceRecord> presence_;
    std::optional<core::HoldRecord> holds_;
    std::map<core::ResourceId, AccountId> accounts_;
    std::vector<Line> history_;
    int failures_left_ = 0;
    Error failure_;
    int refused_overwrites_ = 0;
};

/// A full disk, as the real journal reports it.
[[nodiscard]] Error disk_full();

}  // namespace doze::fakes
