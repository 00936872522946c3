#include "core/surveys.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "core/looks.hpp"
#include "core/troubles.hpp"

namespace doze::core {
namespace {

bool is_configured(const State& state, const Region& region) {
    return std::ranges::find(state.settings.regions, region) != state.settings.regions.end();
}

void request(State& state, Kind kind, const Region& region, Now now, std::vector<Effect>& effects) {
    if (!state.surveys_out.try_emplace({kind, region}, now.boot).second) return;
    state.inventory.ask(kind, region, now.boot);
    effects.emplace_back(SurveyWanted{kind, region});
}

void tell(const Error& error, const Surveyed& event, std::vector<Effect>& effects) {
    const auto what = fmt::format("listing {} in {}", to_string(event.kind), event.region.str());
    effects.emplace_back(Announce{
        .level = Level::warning, .reason = Reason::refused, .id = std::nullopt, .text = error.within(what).text()});
}

/// The inventory keeps no cautions: those of the list, for what is tracked.
std::map<ResourceId, const Observation*> cautions(const State& state, const Survey& items) {
    std::map<ResourceId, const Observation*> found;
    if (const auto* instances = std::get_if<std::vector<Ec2Instance>>(&items))
        for (const auto& one : *instances)
            if (!one.seen.caution.empty() && state.tracked.contains(one.seen.id)) found.emplace(one.seen.id, &one.seen);
    return found;
}

/// May a list of this account have the resource?
bool is_of(const Tracked& tracked, const AccountId& account) {
    return tracked.owner().str().empty() || tracked.owner() == account;
}

}  // namespace

bool needs_survey(const State& state, Kind kind, const Region& region, Duration max_age, TimePoint now) {
    if (state.inventory.is_stale(kind, region, max_age, now)) return true;
    // One that is out already may be waited for.
    const auto shelf = state.inventory.shelves().find({kind, region});
    return shelf != state.inventory.shelves().end() && state.surveys_out.contains({kind, region}) &&
           (!shelf->second.seen_at || now - shelf->second.seen_at->boot > max_age);
}

Duration usual_age(const Settings& settings) {
    return std::clamp<Duration>(settings.check_interval, std::chrono::seconds(30), std::chrono::minutes(5));
}

void order_survey(State& state, const SurveyOrdered& event, Now now, std::vector<Effect>& effects) {
    if (event.region && !is_configured(state, *event.region)) {
        effects.emplace_back(
            Reply{event.order, Error{.code = ErrorCode::bad_request,
                                     .message = fmt::format("The region {} is not configured.", event.region->str()),
                                     .next_step = "Add it to aws.regions in settings.json."}});
        return;
    }
    State::WaitingSurvey waiting{.order = event.order, .open = {}};
    for (const auto& region : state.settings.regions) {
        if (event.region && region != *event.region) continue;
        if (!needs_survey(state, event.kind, region, event.max_age, now.boot)) continue;
        request(state, event.kind, region, now, effects);
        waiting.open.emplace_back(event.kind, region);
    }
    if (waiting.open.empty())
        effects.emplace_back(Reply{event.order, OrderResult{.message = "Nothing needs to be asked."}});
    else
        state.waiting_surveys.push_back(std::move(waiting));
}

void on_surveyed(State& state, const Surveyed& event, const Circumstances& circumstances, Decisions& out,
                 std::vector<Effect>& effects) {
    const Inventory::Key key{event.kind, event.region};
    const auto sent = state.surveys_out.extract(key);
    const auto asked_at = sent ? sent.mapped() : circumstances.now.boot;
    if (event.items) {
        if (event.items->incomplete && !is_known_trouble(state, *event.items->incomplete))
            tell(*event.items->incomplete, event, effects);
        state.inventory.put(event.kind, event.region, *event.items, circumstances.now, event.account);
        const auto cautious = cautions(state, *event.items);
        for (auto& [id, tracked] : state.tracked) {
            if (id.kind != event.kind || id.region != event.region || !id.profile.str().empty()) continue;
            if (auto seen = state.inventory.find(id)) {
                if (const auto full = cautious.find(id); full != cautious.end()) {
                    seen->caution = full->second->caution;
                    seen->erases = full->second->erases;
                }
                on_looked(tracked, *seen, asked_at, circumstances, out);
            } else if (is_of(tracked, event.account)) {
                look_again(tracked, circumstances.now, out);  // Gone, or not listed: a look at it alone tells.
            } else {
                on_looked(tracked, Observation{.id = id, .account = event.account}, asked_at, circumstances, out);
            }
        }
    } else {
        const auto& error = event.items.error();
        if (!is_known_trouble(state, error)) tell(error, event, effects);
        state.inventory.fail(event.kind, event.region, error);
    }
    for (auto& waiting : state.waiting_surveys) std::erase(waiting.open, key);
    std::erase_if(state.waiting_surveys, [&](const auto& waiting) {
        if (!waiting.open.empty()) return false;
        effects.emplace_back(Reply{waiting.order, OrderResult{.message = "Looked at AWS."}});
        return true;
    });
}

}  // namespace doze::core
