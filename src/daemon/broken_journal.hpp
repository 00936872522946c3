#pragma once

#include <utility>
#include <vector>

#include "ports/journal.hpp"

namespace doze::daemon {

/// Stands in where the journal can't be opened: nothing can be promised, so nothing is put to sleep.
/// What needs no promise (presence, lists, status) works on.
class BrokenJournal final : public ports::Journal {
   public:
    explicit BrokenJournal(Error why) : why_(std::move(why)) {}

    Result<std::vector<core::LedgerEntry>> entries() override { return std::vector<core::LedgerEntry>{}; }
    Result<std::optional<core::PresenceRecord>> presence() override { return std::optional<core::PresenceRecord>{}; }
    Result<void> write(std::span<const core::LedgerEntry>, std::span<const core::ResourceId>) override { return why_; }
    Result<void> save(const core::PresenceRecord&) override { return why_; }
    Result<std::optional<core::HoldRecord>> holds() override { return std::optional<core::HoldRecord>{}; }
    Result<void> save(const core::HoldRecord&) override { return why_; }
    Result<std::map<core::ResourceId, AccountId>> accounts() override {
        return std::map<core::ResourceId, AccountId>{};
    }
    Result<void> save(const core::ResourceId&, const AccountId&) override { return why_; }
    Result<void> add(std::span<const core::Announce>, core::WallTime) override { return why_; }
    Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery&) override { return why_; }

   private:
    Error why_;
};

}  // namespace doze::daemon
