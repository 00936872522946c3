#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/effect.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/reason.hpp"
#include "core/presence/presence.hpp"

namespace doze::ports {

/// State that outlives the process. Every write is on disk when the call returns without error; a failed write changes
/// nothing. Blocks for one fsync; call on the loop's thread.
class Journal {
   public:
    virtual ~Journal() = default;

    [[nodiscard]] virtual Result<std::vector<core::JournalEntry>> entries() = 0;
    [[nodiscard]] virtual Result<std::optional<core::PresenceRecord>> presence() = 0;

    /// Closes rows, then puts rows, in one transaction. Refuses (`internal`) to put an open row with a different
    /// snapshot: a snapshot is never overwritten while its row is open.
    [[nodiscard]] virtual Result<void> write(std::span<const core::JournalEntry> put,
                                             std::span<const core::ResourceId> close) = 0;

    [[nodiscard]] virtual Result<void> save(const core::PresenceRecord& presence) = 0;

    [[nodiscard]] virtual Result<std::optional<core::HoldRecord>> holds() = 0;
    [[nodiscard]] virtual Result<void> save(const core::HoldRecord& holds) = 0;

    /// The account of each registered resource, as far as known.
    [[nodiscard]] virtual Result<std::map<core::ResourceId, AccountId>> accounts() = 0;

    /// Saves a resource's account; an empty account forgets the resource.
    [[nodiscard]] virtual Result<void> save(const core::ResourceId& id, const AccountId& account) = 0;

    /// Writes to the journal to find out whether it is writable.
    [[nodiscard]] virtual Result<void> check() = 0;

    /// Adds lines to the history, in one transaction.
    [[nodiscard]] virtual Result<void> add(std::span<const core::Announce> lines, core::WallTime at) = 0;

    /// Lines of the history, newest first.
    [[nodiscard]] virtual Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) = 0;
};

}  // namespace doze::ports
