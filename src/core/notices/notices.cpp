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

/// A call, or description, that fails once may be a network that is just coming up.
constexpr int tries = 3;

/// So many problems fit into one notice.
constexpr std::size_t most_problems = 3;

std::string name_of(const core::SystemView& view, const core::ResourceId& id) {
    const auto known = view.find(id);
    if (known && known->seen()) {
        const auto& details = known->seen()->details;
        const auto name = std::ranges::find(details, "name", &core::Detail::name);
        const auto* text = name == details.end() ? nullptr : std::get_if<std::string>(&name->value);
        if (text != nullptr && !text->empty()) return *text;
    }
    const auto cached = view.inventory().listings().find({id.kind, id.region});
    if (cached == view.inventory().listings().end()) return id.name;
    const auto* fleet = std::get_if<core::Ec2Fleet>(&cached->second.items);
    for (std::size_t i = 0; fleet != nullptr && i < fleet->size(); ++i)
        if (fleet->id(i) == id.name && !fleet->view(i).name.empty()) return std::string(fleet->view(i).name);
    return id.name;
}

bool is_told_of(const Error& trouble, const core::ResourceView& resource) {
    if (trouble.code == ErrorCode::other_account) return false;  // For all of the account at once.
    switch (trouble.recovery) {
        case Recovery::tell:
        case Recovery::capacity: return true;
        case Recovery::retry: return resource.entry() && resource.failures() >= tries;
        case Recovery::plainly:
        case Recovery::wait: return false;
    }
    return false;
}

Failed what_failed(const core::ResourceView& resource) {
    if (resource.is_description_failing() || !resource.entry()) return Failed::describe;
    return resource.entry()->sleep_state == core::SleepState::sleeping ? Failed::sleep : Failed::wake;
}

}  // namespace

Notices::Notices(Language language, std::function<std::string(core::WallTime)> clock_text)
    : wording_(language), clock_text_(std::move(clock_text)) {}

Notices::Changes Notices::update(const core::SystemView& view, core::Now now,
                                 const std::optional<Error>& journal_trouble) {
    Changes changes;
    if (!view.is_configured()) return changes;
    update_countdown(view, now, changes);
    update_return(view, now, changes);
    const bool is_new = std::exchange(seen_revision_, view.revision()) != view.revision();
    if (is_new || journal_trouble != journal_trouble_) update_problems(view, journal_trouble, changes);
    return changes;
}

void Notices::update_countdown(const core::SystemView& view, core::Now now, Changes& changes) {
    Countdown next{.ends = {}, .names = {}, .not_kept = {}, .dry_run = view.settings().dry_run};
    const auto sleep_at = view.sleep_at();
    // While a hold is on, its end is far, and a warning comes after it.
    if (view.is_warning() && !view.holds().is_held() && sleep_at) {
        next.ends = now.wall + (*sleep_at - now.boot);
        for (const auto& resource : view.would_sleep()) {
            next.names.push_back(name_of(view, resource.id()));
            const auto& losses = resource.seen()->losses;
            if (losses.any()) next.not_kept.push_back(next.names.back() + ": " + wording_.lost(losses));
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
    if (now.boot < *closes_at_ && !view.presence().is_away()) return;
    countdown_.reset();
    closes_at_.reset();
    changes.close.push_back(Subject::before_sleep);
}

void Notices::update_return(const core::SystemView& view, core::Now now, Changes& changes) {
    const bool is_away = view.presence().is_away();
    const bool came_back = std::exchange(was_away_, is_away).value_or(false) && !is_away;
    if (is_away) return_.reset();
    if (came_back) {
        return_ = Return{.at = now.boot, .waking = {}};
        for (const auto& resource : view.resources())
            if (resource.owes_wake()) return_->waking.push_back(resource.id());
    }
    if (!return_) return;
    std::vector<std::string> names;
    for (const auto& id : return_->waking) {
        const auto found = view.find(id);
        if (found && found->entry()) return;
        const auto listed = found ? std::nullopt : view.inventory().find(id);
        const auto* seen = found ? found->seen() : listed ? &*listed : nullptr;
        if (seen != nullptr && seen->phase == core::Phase::awake) names.push_back(name_of(view, id));
    }
    if (!names.empty()) {
        changes.show.push_back(
            {.subject = Subject::awake_again, .text = wording_.awake_again(names, now.boot - return_->at)});
    }
    return_.reset();
}

void Notices::update_problems(const core::SystemView& view, const std::optional<Error>& journal_trouble,
                              Changes& changes) {
    const bool had_any = has_problem();
    std::vector<Problem> fresh;
    find_resource_problems(view, fresh);
    find_list_problems(view, fresh);
    const bool is_told = journal_trouble_.has_value();
    journal_trouble_ = journal_trouble;
    if (journal_trouble && !is_told)
        fresh.push_back({.what = Failed::note, .name = {}, .detail = journal_trouble->text()});
    const bool hides =
        std::ranges::any_of(view.presence().sources(), [](const auto& source) { return source.second.hides; });
    if (std::exchange(is_blind_, view.is_told_blind()) != view.is_told_blind() && view.is_told_blind())
        fresh.push_back(
            {.what = Failed::see, .name = {}, .detail = hides ? wording_.hidden_advice() : wording_.blind_advice()});
    if (!fresh.empty()) {
        const bool is_urgent = std::ranges::any_of(fresh, [](const auto& one) { return one.what == Failed::wake; });
        changes.show.push_back({.subject = Subject::failure, .text = told(fresh), .is_urgent = is_urgent});
    } else if (had_any && !has_problem()) {
        changes.close.push_back(Subject::failure);
    }
}

void Notices::find_resource_problems(const core::SystemView& view, std::vector<Problem>& fresh) {
    const auto known = std::exchange(troubles_, {});
    for (const auto& resource : view.resources()) {
        const auto* failure = resource.failure();
        if (failure == nullptr || !is_told_of(*failure, resource)) continue;
        const auto& id = resource.id();
        const auto& message = troubles_[id] = failure->message;
        const auto before = known.find(id);
        if (before != known.end() && before->second == message) continue;
        fresh.push_back({.what = what_failed(resource), .name = name_of(view, id), .detail = failure->text()});
    }
}

void Notices::find_list_problems(const core::SystemView& view, std::vector<Problem>& fresh) {
    const auto known = std::exchange(list_troubles_, {});
    for (const auto& resource : view.resources()) {
        const auto* failure = resource.failure();
        if (failure != nullptr && failure->code == ErrorCode::other_account && resource.entry()) {
            const auto cause = std::pair(failure->code, failure->message);
            if (list_troubles_.insert(cause).second && !known.contains(cause))
                fresh.push_back({.what = Failed::ask, .name = {}, .detail = failure->text()});
        }
        const auto& id = resource.id();
        const auto cached = view.inventory().listings().find({id.kind, id.region});
        if (cached == view.inventory().listings().end() || !cached->second.trouble) continue;
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
