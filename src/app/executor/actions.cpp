#include "app/executor/actions.hpp"

#include <algorithm>

namespace doze::executor {

Result<void> Actions::write(const std::vector<core::JournalEntry>& put, const std::vector<core::ResourceId>& close) {
    std::vector<core::ResourceId> all_closes(unwritten_close_.begin(), unwritten_close_.end());
    all_closes.insert(all_closes.end(), close.begin(), close.end());
    std::vector<core::JournalEntry> all_puts;
    for (const auto& [id, entry] : unwritten_put_)
        if (std::find(close.begin(), close.end(), id) == close.end()) all_puts.push_back(entry);
    all_puts.insert(all_puts.end(), put.begin(), put.end());

    auto written = journal_.write(all_puts, all_closes);
    trouble_ = written ? std::nullopt : std::optional(written.error());
    if (written) {
        unwritten_close_.clear();
        unwritten_put_.clear();
    }
    return written;
}

void Actions::operator()(const core::Journal& rows) {
    if (!write(rows.put, rows.close)) keep(rows.put, rows.close);
}

void Actions::keep(const std::vector<core::JournalEntry>& put, const std::vector<core::ResourceId>& close) {
    for (const auto& id : close) {
        unwritten_put_.erase(id);
        unwritten_close_.insert(id);
    }
    for (const auto& entry : put) unwritten_put_.insert_or_assign(entry.id, entry);
}

void Actions::operator()(const core::Call& act) {
    const auto committed = write(act.intents, {});
    if (!committed && act.verb == core::Verb::wake) {
        // A wake needs no entry on disk: the snapshot is already there, or nothing is owed, and somebody is waiting.
        keep(act.intents, {});
    } else if (!committed) {
        for (const auto& target : act.targets)
            post_(core::CallReturned{.id = target.id, .accepted = committed.error(), .called = false});
        return;
    }
    const auto each = [post = post_](const core::ResourceId& id, Result<void> accepted) {
        const bool called = accepted || accepted.error().code != ErrorCode::other_account;
        post(core::CallReturned{.id = id, .accepted = std::move(accepted), .called = called});
    };
    if (act.verb == core::Verb::sleep)
        cloud_.sleep(act.targets, each);
    else
        cloud_.wake(act.targets, each);
}

void Actions::operator()(const core::SavePresence& effect) {
    unsaved_presence_ = effect.record;
    retry();
}

void Actions::operator()(const core::SaveHolds& effect) {
    unsaved_holds_ = effect.record;
    retry();
}

void Actions::operator()(const core::SaveAccount& effect) {
    unsaved_accounts_.insert_or_assign(effect.id, effect.account);
    retry();
}

void Actions::retry() {
    if (!unwritten_close_.empty() || !unwritten_put_.empty()) (void)write({}, {});
    while (!unsaved_accounts_.empty()) {
        const auto first = unsaved_accounts_.begin();
        const auto saved = journal_.save(first->first, first->second);
        trouble_ = saved ? std::nullopt : std::optional(saved.error());
        if (!saved) break;
        unsaved_accounts_.erase(first);
    }
    save(unsaved_holds_);
    save(unsaved_presence_);
    add_unwritten();
    // After a rejected write that is not retried (an intent to sleep), only this tells when the journal works again.
    if (trouble_) check_journal();
}

void Actions::check_journal() {
    const auto checked = journal_.check();
    trouble_ = checked ? std::nullopt : std::optional(checked.error());
}

void Actions::operator()(const core::Describe& effect) {
    cloud_.describe(effect.ids, effect.depth,
                    [post = post_](const core::ResourceId& id, Result<core::Observation> seen) {
                        post(core::Described{.id = id, .seen = std::move(seen)});
                    });
}

void Actions::operator()(const core::List& effect) {
    cloud_.list(effect.kind, effect.region,
                [post = post_, effect](Result<core::Listing> items, const AccountId& account) {
                    post(core::Listed{
                        .kind = effect.kind, .region = effect.region, .items = std::move(items), .account = account});
                });
}

void Actions::remember(const std::vector<core::Announce>& announcements) {
    unwritten_lines_.emplace_back(announcements, clock_.now().wall);
    if (unwritten_lines_.size() > most_unwritten_lines) unwritten_lines_.pop_front();
    add_unwritten();
}

void Actions::add_unwritten() {
    while (!unwritten_lines_.empty()) {
        const auto& [lines, at] = unwritten_lines_.front();
        if (const auto added = journal_.add(lines, at); !added) {
            trouble_ = added.error();
            return;
        }
        unwritten_lines_.pop_front();
    }
}

}  // namespace doze::executor
