#include "core/registry.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "core/reconcile/describing.hpp"
#include "core/reconcile/reconcile.hpp"

namespace doze::core {
namespace {

void add(State& state, const Registration& registration, Now now, Batch& out) {
    const auto [found, added] = state.tracked.try_emplace(
        registration.id, ResourceRecord{.id = registration.id, .polling = {.fresh_from = now.boot}});
    auto& record = found->second;
    // What joins during an absence joins the next one.
    if (!record.registration && state.configured) record.absence_handled = state.away;
    record.registration = registration;
    if (const auto known = state.accounts.find(registration.id); known != state.accounts.end())
        record.account = known->second;
    auto seen = state.inventory.find(registration.id);
    const bool is_its = seen && (record.owner().str().empty() || record.owner() == seen->account);
    if (!record.seen && is_its) record.seen = std::move(seen);
    if (added && state.configured) describe_now(record, now, out);
}

/// Forgets a registration; true if doze still owes its resource a wake, or knows what a start by its person restores.
bool drop(ResourceRecord& record, const ReconcileContext& context, Batch& out) {
    record.registration.reset();
    record.account = {};
    if (!record.entry) return record.request.has_value();
    if (record.entry->sleep_state != SleepState::left_awake) return true;
    close_row(record, context, out);
    return false;
}

/// The registered resources of this name that named profiles reach, where `id` names none.
std::vector<std::map<ResourceId, ResourceRecord>::iterator> of_other_profiles(State& state, const ResourceId& id) {
    std::vector<std::map<ResourceId, ResourceRecord>::iterator> found;
    if (!id.profile.str().empty()) return found;
    // They come right after the same name without one.
    for (auto next = state.tracked.upper_bound(id); next != state.tracked.end(); ++next) {
        auto plain = next->first;
        plain.profile = {};
        if (plain != id) break;
        if (next->second.registration) found.push_back(next);
    }
    return found;
}

Error not_registered(const ResourceId& id) {
    return {.code = ErrorCode::not_registered,
            .message =
                fmt::format("{} is not registered, and commands.only_registered keeps doze to what is.", to_string(id)),
            .next_step = fmt::format("Register it first: doze register {}", to_string(id))};
}

}  // namespace

std::map<ResourceId, ResourceRecord>::iterator find_registered(State& state, const ResourceId& id) {
    const auto end = state.tracked.end();
    if (const auto exact = state.tracked.find(id); exact != end && exact->second.registration) return exact;
    const auto others = of_other_profiles(state, id);
    return others.size() == 1 ? others.front() : end;
}

Result<ResourceRecord*> find_requested(State& state, const ResourceId& id, Now now) {
    if (const auto registered = find_registered(state, id); registered != state.tracked.end())
        return &registered->second;
    if (const auto known = state.tracked.find(id); known != state.tracked.end()) return &known->second;
    if (const auto others = of_other_profiles(state, id); !others.empty())
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("More than one profile reaches a registered {}.", to_string(id)),
                     .next_step = fmt::format("Say which: {}", to_string(others.front()->first))};
    if (state.settings.only_registered) return not_registered(id);
    if (std::ranges::find(state.settings.regions, id.region) == state.settings.regions.end())
        return Error{.code = ErrorCode::not_found,
                     .message = fmt::format("The region {} is not configured.", id.region.str()),
                     .next_step = "Add it to aws.regions in settings.json, or register the resource."};
    auto& added =
        state.tracked.try_emplace(id, ResourceRecord{.id = id, .polling = {.fresh_from = now.boot}}).first->second;
    added.seen = state.inventory.find(id);
    return &added;
}

void configure(State& state, const Configured& event, Now now, Batch& out) {
    const bool other_view = !state.configured || state.settings.regions != event.settings.regions ||
                            state.settings.guards != event.settings.guards;
    state.settings = event.settings;
    state.presence.configure(event.settings.presence, now.boot);
    state.holds.configure(event.settings.presence.warning_time());
    state.inventory.keep_regions(event.settings.regions);
    if (other_view) state.next_round = now.boot;

    std::set<ResourceId> kept;
    for (const auto& registration : event.registrations) {
        kept.insert(registration.id);
        add(state, registration, now, out);
    }
    std::erase_if(state.accounts, [&](const auto& known) {
        if (kept.contains(known.first)) return false;
        out.accounts.push_back({.id = known.first, .account = {}});
        return true;
    });
    const auto context = context_of(state, now);
    for (auto tracked = state.tracked.begin(); tracked != state.tracked.end();) {
        const bool keep = kept.contains(tracked->first) || drop(tracked->second, context, out);
        tracked = keep ? std::next(tracked) : state.tracked.erase(tracked);
    }
}

void request_registration(State& state, const RegisterRequested& event, std::vector<Effect>& effects) {
    const auto& id = event.registration.id;
    const auto found = state.tracked.find(id);
    if (found != state.tracked.end() && found->second.registration) {
        effects.emplace_back(
            Reply{event.request, Error{.code = ErrorCode::already_registered,
                                       .message = fmt::format("{} is registered already.", to_string(id))}});
        return;
    }
    state.registering.emplace(event.request, event.registration);
    effects.emplace_back(Describe{{id}, Depth::guards});
}

void on_registering_described(State& state, const Described& event, std::vector<Effect>& effects) {
    std::erase_if(state.registering, [&](const auto& waiting) {
        const auto& [request, registration] = waiting;
        if (registration.id != event.id) return false;
        const auto refuse = [&, request = request](Error error) {
            effects.emplace_back(Reply{request, std::move(error)});
            return true;
        };
        const auto caution = info(event.id.kind).caution;
        std::string note = caution.empty() ? "" : fmt::format(" {}", caution);
        if (event.seen) {
            const auto& seen = *event.seen;
            if (seen.losses.any()) note += " " + to_string(seen.losses);
            if (seen.phase == Phase::gone)
                return refuse({.code = ErrorCode::not_found,
                               .message = fmt::format("{} is not there.", to_string(event.id)),
                               .next_step = "Check its name and region: doze list"});
            if (seen.guard && !(seen.guard->by_tag && registration.force))
                return refuse({.code = ErrorCode::guarded,
                               .message = fmt::format("{} is guarded. {}", to_string(event.id), seen.guard->why),
                               .next_step = seen.guard->by_tag ? "If you are sure, register it with force." : ""});
        } else if (event.seen.error().code == ErrorCode::not_found ||
                   event.seen.error().code == ErrorCode::bad_request) {
            return refuse(event.seen.error());
        } else {
            note += " AWS could not be asked about it now; its guards are checked before each sleep. (" +
                    event.seen.error().message + ")";
        }
        state.saving.emplace(request, State::Saving{.registration = registration,
                                                    .remove = false,
                                                    .note = std::move(note),
                                                    .account = event.seen ? event.seen->account : AccountId(),
                                                    .erases = event.seen && event.seen->losses.erases()});
        effects.emplace_back(SaveRegistration{.request = request, .registration = registration, .remove = false});
        return true;
    });
}

void request_removal(State& state, const UnregisterRequested& event, std::vector<Effect>& effects) {
    const auto found = find_registered(state, event.id);
    if (found == state.tracked.end()) {
        effects.emplace_back(
            Reply{event.request, Error{.code = ErrorCode::not_registered,
                                       .message = fmt::format("{} is not registered.", to_string(event.id)),
                                       .next_step = "See what is: doze registered"}});
        return;
    }
    state.saving.emplace(event.request,
                         State::Saving{.registration = *found->second.registration, .remove = true, .note = {}});
    effects.emplace_back(
        SaveRegistration{.request = event.request, .registration = *found->second.registration, .remove = true});
}

void on_saved(State& state, const Saved& event, Now now, Batch& out, std::vector<Effect>& effects) {
    const auto waiting = state.saving.extract(event.request);
    if (!waiting) return;
    const auto& [registration, remove, note, account, erases] = waiting.mapped();
    if (!event.done) {
        effects.emplace_back(Reply{event.request, event.done.error()});
        return;
    }
    const auto name = to_string(registration.id);
    std::string text;
    if (remove) {
        text = fmt::format("{} is no longer registered.", name);
        state.accounts.erase(registration.id);
        out.accounts.push_back({.id = registration.id, .account = {}});
        const auto found = state.tracked.find(registration.id);
        if (found != state.tracked.end()) {
            const auto owner = found->second.entry ? std::optional(found->second.entry->initiator) : std::nullopt;
            if (!drop(found->second, context_of(state, now), out))
                state.tracked.erase(found);
            else if (owner == Initiator::doze)
                text += " doze put it to sleep, and wakes it when you are back.";
            else if (owner)
                text += " It was stopped by a command, and doze keeps the size that it had for its start.";
        }
    } else {
        add(state, registration, now, out);
        auto& record = state.tracked.at(registration.id);
        record.told_erased = record.told_erased || erases;
        if (record.account.str().empty() && !account.str().empty()) take_account(record, account, out);
        text = fmt::format("{} is registered.{}", name, note);
    }
    effects.emplace_back(
        Announce{.level = Level::info, .reason = Reason::command, .id = registration.id, .text = text});
    effects.emplace_back(
        Reply{event.request, RequestResult{.message = text, .id = registration.id, .registration = registration}});
}

}  // namespace doze::core
