#include "actions/actions.hpp"

#include <algorithm>

namespace doze::actions {

Result<void> Actions::write(const std::vector<core::LedgerEntry>& put, const std::vector<core::ResourceId>& close) {
    std::vector<core::ResourceId> all_closes(unwritten_close_.begin(), unwritten_close_.end());
    all_closes.insert(all_closes.end(), close.begin(), close.end());
    std::vector<core::LedgerEntry> all_puts;
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
    if (write(rows.put, rows.close)) return;
    for (const auto& id : rows.close) {
        unwritten_put_.erase(id);
        unwritten_close_.insert(id);
    }
    for (const auto& entry : rows.put) unwritten_put_.insert_or_assign(entry.id, entry);
}

void Actions::operator()(const core::Act& act) {
    if (const auto committed = write(act.intents, {}); !committed) {
        for (const auto& target : act.targets)
            post_(core::Acted{.id = target.id, .accepted = committed.error(), .called = false});
        return;
    }
    const auto each = [post = post_](const core::ResourceId& id, Result<void> accepted) {
        post(core::Acted{.id = id, .accepted = std::move(accepted)});
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

void Actions::retry() {
    if (!unwritten_close_.empty() || !unwritten_put_.empty()) (void)write({}, {});
    save(unsaved_holds_);
    save(unsaved_presence_);
}

void Actions::operator()(const core::Look& effect) {
    cloud_.look(effect.ids, effect.depth, [post = post_](const core::ResourceId& id, Result<core::Observation> seen) {
        post(core::Looked{.id = id, .seen = std::move(seen)});
    });
}

void Actions::operator()(const core::SurveyWanted& effect) {
    cloud_.survey(effect.kind, effect.region, [post = post_, effect](Result<core::Survey> items) {
        post(core::Surveyed{.kind = effect.kind, .region = effect.region, .items = std::move(items)});
    });
}

void Actions::remember(const std::vector<core::Announce>& announcements) {
    if (const auto added = journal_.add(announcements, clock_.now().wall); !added) trouble_ = added.error();
}

}  // namespace doze::actions
