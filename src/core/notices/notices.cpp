#include "core/notices/notices.hpp"

#include <algorithm>
#include <utility>

namespace doze::notices {

namespace {

using namespace std::chrono_literals;

/// Who reaches for a button has moved the pointer, and so is back before the button is pressed.
constexpr core::Duration time_for_buttons = 15s;

/// A countdown whose end moves by less says the same.
constexpr core::Duration same_time = 30s;

/// A call, or look, that fails once may be a network that is just coming up.
constexpr int tries = 3;

/// So many problems fit into one notice.
constexpr std::size_t most_problems = 3;

std::string name_of(const core::State& state, const core::ResourceId& id) {
    const auto known = state.tracked.find(id);
    if (known != state.tracked.end() && known->second.seen) {
        const auto& details = known->second.seen->details;
        const auto name = std::ranges::find(details, "name", &core::Detail::name);
        const auto* text = name == details.end() ? nullptr : std::get_if<std::string>(&name->value);
        if (text != nullptr && !text->empty()) return *text;
    }
    const auto cached = state.inventory.listings().find({id.kind, id.region});
    if (cached == state.inventory.listings().end()) return id.name;
    const auto* fleet = std::get_if<core::Ec2Fleet>(&cached->second.items);
    for (std::size_t i = 0; fleet != nullptr && i < fleet->size(); ++i)
        if (fleet->id(i) == id.name && !fleet->view(i).name.empty()) return std::string(fleet->view(i).name);
    return id.name;
}

/// Whether doze still owes it a wake that the person waits for.
bool is_owed(const core::ResourceRecord& tracked) {
    return tracked.entry && tracked.entry->owner == core::Initiator::doze &&
           tracked.entry->step != core::SleepState::left_awake && tracked.entry->called_at;
}

bool is_told_of(const Error& trouble, const core::ResourceRecord& tracked) {
    if (trouble.code == ErrorCode::other_account) return false;  // For all of the account at once.
    switch (trouble.recovery) {
        case Recovery::tell:
        case Recovery::capacity: return true;
        case Recovery::retry: return tracked.entry && std::max(tracked.attempts, tracked.failed_describes) >= tries;
        case Recovery::plainly:
        case Recovery::wait: return false;
    }
    return false;
}

Failed what_failed(const core::ResourceRecord& tracked) {
    if (tracked.failed_describes > 0 || !tracked.entry) return Failed::look;
    return tracked.entry->step == core::SleepState::sleeping ? Failed::sleep : Failed::wake;
}

}  // namespace

Notices::Notices(Language language, std::function<std::string(core::WallTime)> clock_text)
    : wording_(language), clock_text_(std::move(clock_text)) {}

Notices::Changes Notices::look(const core::State& state, core::Now now, const std::optional<Error>& journal_trouble) {
    Changes changes;
    if (!state.configured) return changes;
    look_at_countdown(state, now, changes);
    look_at_return(state, now, changes);
    const bool is_new = std::exchange(seen_revision_, state.revision) != state.revision;
    if (is_new || journal_trouble != journal_trouble_) look_at_problems(state, journal_trouble, changes);
    return changes;
}

void Notices::look_at_countdown(const core::State& state, core::Now now, Changes& changes) {
    Countdown next{.ends = {}, .names = {}, .not_kept = {}, .dry_run = state.settings.dry_run};
    const auto sleep_at = core::sleep_at(state);
    // While a hold is on, its end is far, and a warning comes after it.
    if (core::is_warning(state) && !state.holds.is_held() && sleep_at) {
        next.ends = now.wall + (*sleep_at - now.boot);
        for (const auto& id : core::would_sleep(state)) {
            next.names.push_back(name_of(state, id));
            const auto& caution = state.tracked.at(id).seen->caution;
            if (!caution.empty()) next.not_kept.push_back(next.names.back() + ": " + caution);
        }
    }
    if (!next.names.empty()) {
        closes_at_.reset();
        const bool is_same = countdown_ && countdown_->names == next.names && countdown_->not_kept == next.not_kept &&
                             countdown_->dry_run == next.dry_run &&
                             std::chrono::abs(countdown_->ends - next.ends) < same_time;
        if (is_same) return;
        countdown_ = std::move(next);
        changes.show.push_back({.subject = Subject::before_sleep,
                                .text = wording_.before_sleep(countdown_->names, clock_text_(countdown_->ends),
                                                              countdown_->dry_run, countdown_->not_kept),
                                .has_buttons = true});
        return;
    }
    if (!countdown_) return;
    if (!closes_at_) closes_at_ = now.boot + time_for_buttons;
    if (now.boot < *closes_at_ && !state.presence.is_away()) return;
    countdown_.reset();
    closes_at_.reset();
    changes.close.push_back(Subject::before_sleep);
}

void Notices::look_at_return(const core::State& state, core::Now now, Changes& changes) {
    const bool is_away = state.presence.is_away();
    const bool came_back = std::exchange(was_away_, is_away).value_or(false) && !is_away;
    if (is_away) return_.reset();
    if (came_back) {
        return_ = Return{.at = now.boot, .waking = {}};
        for (const auto& [id, tracked] : state.tracked)
            if (is_owed(tracked)) return_->waking.push_back(id);
    }
    if (!return_) return;
    std::vector<std::string> names;
    for (const auto& id : return_->waking) {
        const auto found = state.tracked.find(id);
        if (found != state.tracked.end() && found->second.entry) return;
        const auto seen = found == state.tracked.end() ? state.inventory.find(id) : found->second.seen;
        if (seen && seen->phase == core::Phase::awake) names.push_back(name_of(state, id));
    }
    if (!names.empty()) {
        changes.show.push_back(
            {.subject = Subject::awake_again, .text = wording_.awake_again(names, now.boot - return_->at)});
    }
    return_.reset();
}

void Notices::look_at_problems(const core::State& state, const std::optional<Error>& journal_trouble,
                               Changes& changes) {
    const bool had_any = has_problem();
    std::vector<Problem> fresh;
    look_at_resources(state, fresh);
    look_at_lists(state, fresh);
    const bool is_told = journal_trouble_.has_value();
    journal_trouble_ = journal_trouble;
    if (journal_trouble && !is_told)
        fresh.push_back({.what = Failed::note, .name = {}, .detail = journal_trouble->text()});
    const bool hides =
        std::ranges::any_of(state.presence.sources(), [](const auto& source) { return source.second.hides; });
    if (std::exchange(is_blind_, state.told_blind) != state.told_blind && state.told_blind)
        fresh.push_back(
            {.what = Failed::see, .name = {}, .detail = hides ? wording_.hidden_advice() : wording_.blind_advice()});
    if (!fresh.empty()) {
        const bool is_urgent = std::ranges::any_of(fresh, [](const auto& one) { return one.what == Failed::wake; });
        changes.show.push_back({.subject = Subject::failure, .text = told(fresh), .is_urgent = is_urgent});
    } else if (had_any && !has_problem()) {
        changes.close.push_back(Subject::failure);
    }
}

void Notices::look_at_resources(const core::State& state, std::vector<Problem>& fresh) {
    const auto known = std::exchange(troubles_, {});
    for (const auto& [id, tracked] : state.tracked) {
        if (!tracked.trouble || !is_told_of(*tracked.trouble, tracked)) continue;
        const auto& message = troubles_[id] = tracked.trouble->message;
        const auto before = known.find(id);
        if (before != known.end() && before->second == message) continue;
        fresh.push_back({.what = what_failed(tracked), .name = name_of(state, id), .detail = tracked.trouble->text()});
    }
}

void Notices::look_at_lists(const core::State& state, std::vector<Problem>& fresh) {
    const auto known = std::exchange(list_troubles_, {});
    for (const auto& [id, tracked] : state.tracked) {
        if (tracked.trouble && tracked.trouble->code == ErrorCode::other_account && tracked.entry) {
            const auto cause = std::pair(tracked.trouble->code, tracked.trouble->message);
            if (list_troubles_.insert(cause).second && !known.contains(cause))
                fresh.push_back({.what = Failed::ask, .name = {}, .detail = tracked.trouble->text()});
        }
        const auto cached = state.inventory.listings().find({id.kind, id.region});
        if (cached == state.inventory.listings().end() || !cached->second.trouble) continue;
        const auto& trouble = *cached->second.trouble;
        if (trouble.recovery != Recovery::tell) continue;
        const auto cause = std::pair(trouble.code, trouble.next_step);
        if (!list_troubles_.insert(cause).second || known.contains(cause)) continue;
        fresh.push_back({.what = Failed::ask, .name = {}, .detail = trouble.text()});
    }
}

bool Notices::has_problem() const {
    return !troubles_.empty() || !list_troubles_.empty() || journal_trouble_ || is_blind_;
}

Text Notices::told(const std::vector<Problem>& problems) const {
    const auto title = [&](const Problem& one) { return wording_.failed(one.what, one.name); };
    if (problems.size() == 1) return {title(problems.front()), problems.front().detail};
    Text text{wording_.problems(problems.size()), {}};
    for (std::size_t i = 0; i < std::min(problems.size(), most_problems); ++i) {
        if (i > 0) text.body += '\n';
        text.body += title(problems[i]) + ": " + problems[i].detail;
    }
    if (problems.size() > most_problems) text.body += '\n' + wording_.and_more(problems.size() - most_problems);
    return text;
}

}  // namespace doze::notices
