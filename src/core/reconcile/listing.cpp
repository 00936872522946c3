#include "core/reconcile/listing.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "core/announcements.hpp"
#include "core/reconcile/describing.hpp"

namespace doze::core {
namespace {

bool is_configured(const State& state, const Region& region) {
    return std::ranges::find(state.settings.regions, region) != state.settings.regions.end();
}

void request(State& state, Kind kind, const Region& region, Now now, std::vector<Effect>& effects) {
    if (!state.lists_out.try_emplace({kind, region}, now.boot).second) return;
    state.inventory.ask(kind, region, now.boot);
    effects.emplace_back(List{kind, region});
}

void announce_failure(const Error& error, const Listed& event, std::vector<Effect>& effects) {
    const auto what = fmt::format("listing {} in {}", to_string(event.kind), event.region.str());
    effects.emplace_back(Announce{
        .level = Level::warning, .reason = Reason::refused, .id = std::nullopt, .text = error.within(what).text()});
}

/// The inventory keeps no losses: those of the list, for what is tracked.
std::map<ResourceId, const Observation*> losses_in(const State& state, const Listing& items) {
    std::map<ResourceId, const Observation*> found;
    if (const auto* instances = std::get_if<std::vector<Ec2Instance>>(&items))
        for (const auto& one : *instances)
            if (one.seen.losses.any() && state.tracked.contains(one.seen.id)) found.emplace(one.seen.id, &one.seen);
    return found;
}

/// May a list of this account have the resource?
bool is_of(const ResourceRecord& record, const AccountId& account) {
    return record.owner().str().empty() || record.owner() == account;
}

}  // namespace

bool needs_list(const State& state, Kind kind, const Region& region, Duration max_age, TimePoint now) {
    if (state.inventory.is_stale(kind, region, max_age, now)) return true;
    // One that is out already may be waited for.
    const auto cached = state.inventory.listings().find({kind, region});
    return cached != state.inventory.listings().end() && state.lists_out.contains({kind, region}) &&
           (!cached->second.seen_at || now - cached->second.seen_at->boot > max_age);
}

Duration usual_age(const Settings& settings) {
    return std::clamp<Duration>(settings.check_interval, std::chrono::seconds(30), std::chrono::minutes(5));
}

void request_list(State& state, const ListRequested& event, Now now, std::vector<Effect>& effects) {
    if (event.region && !is_configured(state, *event.region)) {
        effects.emplace_back(
            Reply{event.request, Error{.code = ErrorCode::bad_request,
                                       .message = fmt::format("The region {} is not configured.", event.region->str()),
                                       .next_step = "Add it to aws.regions in settings.json."}});
        return;
    }
    State::WaitingList waiting{.request = event.request, .open = {}};
    for (const auto& region : state.settings.regions) {
        if (event.region && region != *event.region) continue;
        if (!needs_list(state, event.kind, region, event.max_age, now.boot)) continue;
        request(state, event.kind, region, now, effects);
        waiting.open.emplace_back(event.kind, region);
    }
    if (waiting.open.empty())
        effects.emplace_back(Reply{event.request, RequestResult{.message = "Nothing needs to be asked."}});
    else
        state.waiting_lists.push_back(std::move(waiting));
}

void on_listed(State& state, const Listed& event, const ReconcileContext& context, Batch& out,
               std::vector<Effect>& effects) {
    const Inventory::Key key{event.kind, event.region};
    const auto sent = state.lists_out.extract(key);
    const auto asked_at = sent ? sent.mapped() : context.now.boot;
    if (event.items) {
        if (event.items->incomplete && !is_known_trouble(state, *event.items->incomplete))
            announce_failure(*event.items->incomplete, event, effects);
        state.inventory.put(event.kind, event.region, *event.items, context.now, event.account);
        const auto losses = losses_in(state, *event.items);
        for (auto& [id, record] : state.tracked) {
            if (id.kind != event.kind || id.region != event.region || !id.profile.str().empty()) continue;
            if (auto seen = state.inventory.find(id)) {
                if (const auto full = losses.find(id); full != losses.end()) seen->losses = full->second->losses;
                on_described(record, *seen, asked_at, context, out);
            } else if (is_of(record, event.account)) {
                describe_now(record, context.now, out);  // Gone, or not listed: a description of it alone tells.
            } else {
                on_described(record, Observation{.id = id, .account = event.account}, asked_at, context, out);
            }
        }
    } else {
        const auto& error = event.items.error();
        if (!is_known_trouble(state, error)) announce_failure(error, event, effects);
        state.inventory.fail(event.kind, event.region, error);
    }
    for (auto& waiting : state.waiting_lists) std::erase(waiting.open, key);
    std::erase_if(state.waiting_lists, [&](const auto& waiting) {
        if (!waiting.open.empty()) return false;
        effects.emplace_back(Reply{waiting.request, RequestResult{.message = "Looked at AWS."}});
        return true;
    });
}

}  // namespace doze::core
