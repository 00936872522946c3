#include "core/surveys.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "core/plan/pass.hpp"

namespace doze::core {
namespace {

bool is_configured(const State& state, const Region& region) {
    return std::ranges::find(state.settings.regions, region) != state.settings.regions.end();
}

void request(State& state, Kind kind, const Region& region, Now now, std::vector<Effect>& effects) {
    if (!state.surveys_out.try_emplace({kind, region}, now.boot).second) return;
    effects.emplace_back(SurveyWanted{kind, region});
}

/// One cause (no credentials, no network) makes every region fail; it is told once.
bool is_known_trouble(const State& state, const Error& error) {
    return std::ranges::any_of(state.inventory.shelves(), [&](const auto& shelf) {
        return shelf.second.trouble && shelf.second.trouble->code == error.code &&
               shelf.second.trouble->next_step == error.next_step;
    });
}

}  // namespace

void survey_if_due(State& state, Now now, const Circumstances& circumstances, Decisions& out,
                   std::vector<Effect>& effects) {
    if (now.boot < state.next_survey) return;
    state.next_survey = now.boot + state.settings.check_interval;
    for (const auto& region : state.settings.regions)
        for (const auto& kind : kinds()) request(state, kind.kind, region, now, effects);
    for (auto& [id, tracked] : state.tracked)
        if (!is_configured(state, id.region) || !id.profile.str().empty()) Pass(tracked, circumstances, out).look();
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
        request(state, event.kind, region, now, effects);
        waiting.open.emplace_back(event.kind, region);
    }
    if (waiting.open.empty())
        effects.emplace_back(Reply{event.order, OrderResult{.message = "No region is configured."}});
    else
        state.waiting_surveys.push_back(std::move(waiting));
}

void on_surveyed(State& state, const Surveyed& event, const Circumstances& circumstances, Decisions& out,
                 std::vector<Effect>& effects) {
    const Inventory::Key key{event.kind, event.region};
    const auto sent = state.surveys_out.extract(key);
    const auto asked_at = sent ? sent.mapped() : circumstances.now.boot;
    if (event.items) {
        state.inventory.put(event.kind, event.region, *event.items, circumstances.now);
        for (auto& [id, tracked] : state.tracked) {
            if (id.kind != event.kind || id.region != event.region || !id.profile.str().empty()) continue;
            if (const auto seen = state.inventory.find(id))
                on_looked(tracked, *seen, asked_at, circumstances, out);
            else
                Pass(tracked, circumstances, out).look();  // Gone, or not listed: a look at it alone tells.
        }
    } else {
        const auto& error = event.items.error();
        if (!is_known_trouble(state, error))
            effects.emplace_back(Announce{
                .level = Level::warning,
                .reason = Reason::refused,
                .id = std::nullopt,
                .text =
                    error.within(fmt::format("listing {} in {}", to_string(event.kind), event.region.str())).text()});
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
