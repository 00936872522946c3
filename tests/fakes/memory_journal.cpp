#include "fakes/memory_journal.hpp"

#include <algorithm>
#include <utility>

namespace doze::fakes {

namespace {

bool is_negative(const core::Size& size) {
    return size.desired < 0 || size.min.value_or(0) < 0 || size.max.value_or(0) < 0;
}

/// Like the real journal, refuses what could not be read back.
bool can_be_read_back(const core::JournalEntry& entry) {
    const auto back = core::parse_resource_id(core::to_string(entry.id));
    return back && *back == entry.id && !is_negative(entry.snapshot) &&
           !is_negative(entry.left_size.value_or(core::Size{})) && !is_negative(entry.goal.value_or(core::Size{}));
}

}  // namespace

Result<std::vector<core::JournalEntry>> MemoryJournal::entries() {
    std::vector<core::JournalEntry> all;
    for (const auto& [id, entry] : rows_) all.push_back(entry);
    return all;
}

Result<std::optional<core::PresenceRecord>> MemoryJournal::presence() {
    return presence_;
}

Result<void> MemoryJournal::write(std::span<const core::JournalEntry> put, std::span<const core::ResourceId> close) {
    if (put.empty() && close.empty()) return {};
    auto possible = take_failure();
    if (!possible) return possible;

    auto changed = rows_;
    for (const auto& id : close) changed.erase(id);
    for (const auto& entry : put) {
        if (!can_be_read_back(entry)) {
            return Error{.message = core::to_string(entry.id) + " could not be read back from the journal."};
        }
        const auto [row, is_new] = changed.try_emplace(entry.id, entry);
        if (!is_new && row->second.snapshot != entry.snapshot) {
            ++refused_overwrites_;
            return Error{.message = "The journal holds another snapshot of " + core::to_string(entry.id) + "."};
        }
        row->second = entry;
    }
    rows_ = std::move(changed);
    return {};
}

Result<void> MemoryJournal::save(const core::PresenceRecord& presence) {
    if (presence.state == core::PresenceState::unknown) {
        return Error{.message = "Unknown presence is not kept in the journal."};
    }
    auto possible = take_failure();
    if (!possible) return possible;
    presence_ = presence;
    return {};
}

Result<std::optional<core::HoldRecord>> MemoryJournal::holds() {
    return holds_;
}

Result<void> MemoryJournal::save(const core::HoldRecord& holds) {
    auto possible = take_failure();
    if (!possible) return possible;
    holds_ = holds;
    return {};
}

Result<std::map<core::ResourceId, AccountId>> MemoryJournal::accounts() {
    return accounts_;
}

Result<void> MemoryJournal::save(const core::ResourceId& id, const AccountId& account) {
    auto possible = take_failure();
    if (!possible) return possible;
    if (account.str().empty())
        accounts_.erase(id);
    else
        accounts_.insert_or_assign(id, account);
    return {};
}

Result<void> MemoryJournal::add(std::span<const core::Announce> lines, core::WallTime at) {
    if (lines.empty()) return {};
    auto possible = take_failure();
    if (!possible) return possible;
    for (const auto& line : lines) history_.push_back({line, at});
    return {};
}

Result<std::vector<core::HistoryLine>> MemoryJournal::history(const core::HistoryQuery& query) {
    std::vector<core::HistoryLine> found;
    for (auto id = static_cast<std::int64_t>(history_.size());
         id > 0 && static_cast<std::int64_t>(found.size()) < query.limit; --id) {
        const auto& [what, at] = history_[static_cast<std::size_t>(id - 1)];
        if ((query.before && id >= *query.before) || (query.since && at < *query.since)) continue;
        found.push_back({.id = id,
                         .at = at,
                         .reason = std::string(core::to_string(what.reason)),
                         .level = std::string(core::to_string(what.level)),
                         .resource = what.id ? core::to_string(*what.id) : std::string(),
                         .text = what.text});
    }
    return found;
}

void MemoryJournal::fail_next(int count, Error error) {
    failures_left_ = count;
    failure_ = std::move(error);
}

Result<void> MemoryJournal::take_failure() {
    if (failures_left_ <= 0) return {};
    --failures_left_;
    return failure_;
}

Error disk_full() {
    return {.message = "The disk is full: doze.db could not be written.",
            .next_step = "Free some space; doze tries again by itself.",
            .recovery = Recovery::retry};
}

}  // namespace doze::fakes
