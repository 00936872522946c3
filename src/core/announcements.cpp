#include "core/announcements.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <utility>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"
#include "core/view.hpp"

namespace doze::core {

namespace {

/// One answer is no proof.
constexpr Duration missing_lasts = std::chrono::minutes(1);

Error missing(const ResourceRecord& record) {
    const auto& id = record.id;
    if (!record.seen->state.empty())
        return {.code = ErrorCode::not_found,
                .message = fmt::format("{} is gone: AWS says that it is {}.", to_string(id), record.seen->state),
                .next_step = fmt::format("Unregister it: doze unregister {}", to_string(id))};
    return {.code = ErrorCode::not_found,
            .message = fmt::format("AWS has no such {} in {}: {}.", info(id.kind).noun, id.region.str(), to_string(id)),
            .next_step = "Check its name, region and account, or unregister it."};
}

bool is_missing(const ResourceRecord& record) {
    return record.registration && !record.entry && record.seen && record.seen->phase == Phase::gone;
}

bool is_same(const Error& one, const Error& other) {
    return one.code == other.code && one.next_step == other.next_step;
}

}  // namespace

std::optional<Error> trouble_of(const ResourceRecord& record) {
    if (record.trouble) return record.trouble;
    if (is_missing(record)) return missing(record);
    if (record.seen && record.seen->stuck) return stuck(record);
    return std::nullopt;
}

bool is_known_trouble(const State& state, const Error& error) {
    return std::ranges::any_of(state.inventory.listings(), [&](const auto& cached) {
        return cached.second.trouble && is_same(*cached.second.trouble, error);
    });
}

bool is_known_trouble(const State& state, const ResourceId& id, const Error& error) {
    return is_known_trouble(state, error) || std::ranges::any_of(state.tracked, [&](const auto& each) {
               return each.first != id && each.second.polling.failed > 0 && each.second.trouble &&
                      is_same(*each.second.trouble, error);
           });
}

void announce_missing(ResourceRecord& record, TimePoint asked_at, std::vector<Effect>& effects) {
    if (!is_missing(record)) {
        record.missing.reset();
        if (!record.seen || record.seen->phase == Phase::gone) return;
        record.was_there = true;
        record.told_missing = false;
        return;
    }
    if (!record.missing) record.missing = asked_at;
    const bool is_sure =
        !record.was_there || !record.seen->state.empty() || asked_at - *record.missing >= missing_lasts;
    if (!is_sure || std::exchange(record.told_missing, true)) return;
    effects.emplace_back(
        Announce{.level = Level::warning, .reason = Reason::gone, .id = record.id, .text = missing(record).text()});
}

namespace {

/// What the sleep that is warned of does not keep.
std::string not_kept_text(const State& state) {
    constexpr int most = 3;  // It is one line of the log.
    std::string text;
    int count = 0;
    for (const auto& resource : SystemView(state).would_sleep()) {
        const auto& losses = resource.seen()->losses;
        if (losses.any() && ++count <= most)
            text += fmt::format(" {}: {}", to_string(resource.id()), to_string(losses));
    }
    if (count > most) text += fmt::format(" And {} more.", count - most);
    return text.empty() ? text : " Not kept by the sleep:" + text;
}

std::string idle_text(const State& state, Now now) {
    const auto away_at = state.presence.away_at();
    if (!away_at) return "You are idle.";
    return fmt::format("You are idle; away in {} unless you return.{}", to_string(*away_at - now.boot),
                       not_kept_text(state));
}

void announce_blindness(State& state, std::vector<Effect>& effects) {
    const auto& sources = state.presence.sources();
    const bool known = !sources.empty() && std::ranges::none_of(sources, [](const auto& source) {
        return source.second.state == SourceState::starting;
    });
    if (known && std::exchange(state.told_blind, !state.presence.sees()) != state.told_blind) {
        const auto hiding = std::ranges::find_if(sources, [](const auto& each) { return each.second.hides; });
        if (state.told_blind && hiding != sources.end())
            announce(effects, Level::error, Reason::blind,
                     fmt::format("doze is blind: {} So it puts nothing to sleep.", hiding->second.detail));
        else if (state.told_blind)
            announce(effects, Level::error, Reason::blind,
                     "doze is blind: it sees neither keyboard nor pointer, so it puts nothing to sleep. See the "
                     "sources above.");
        else
            announce(effects, Level::info, Reason::blind, "doze can see again whether you are there.");
    }
}

}  // namespace

void announce(std::vector<Effect>& effects, Level level, Reason reason, std::string text) {
    effects.emplace_back(Announce{.level = level, .reason = reason, .id = std::nullopt, .text = std::move(text)});
}

std::string describe_clients(const Holds& holds) {
    const auto& clients = holds.clients();
    auto text = "held awake by " + clients.front().reason;
    if (clients.size() > 1) text += fmt::format(", and {} more", clients.size() - 1);
    return text;
}

void announce_source(const SourceStatus& status, bool ran, std::vector<Effect>& effects) {
    if (status.state == SourceState::starting || status.state == SourceState::standby) return;
    const bool lost = ran && status.state == SourceState::unavailable;
    announce(effects, lost ? Level::warning : Level::info, Reason::source,
             fmt::format("Source {} is {}.{}{}", status.name, to_string(status.state), status.detail.empty() ? "" : " ",
                         status.detail));
}

void announce_presence(State& state, Now now, std::vector<Effect>& effects) {
    announce_blindness(state, effects);
    if (std::exchange(state.told_doubt, state.presence.is_lock_doubted()) != state.told_doubt && state.told_doubt)
        announce(effects, Level::warning, Reason::presence,
                 "Somebody types although the session is said to be locked (a screen locker that died leaves its word "
                 "behind), so doze takes it for unlocked.");
    const auto record = state.presence.record(now);
    if (record.state == state.saved_presence) return;
    const bool first = state.saved_presence == PresenceState::unknown;
    const auto before = std::exchange(state.saved_presence, record.state);
    effects.emplace_back(SavePresence{record});
    if (record.state == PresenceState::away)
        announce(effects, Level::info, Reason::away, first ? "You are still away." : "You are away.");
    else if (record.state == PresenceState::idle)
        announce(effects, Level::info, Reason::presence, idle_text(state, now));
    else
        announce(effects, Level::info, before == PresenceState::away ? Reason::returned : Reason::presence,
                 before == PresenceState::away ? "You are back." : "You are active.");
}

void announce_holds(State& state, Now now, std::vector<Effect>& effects) {
    const bool away = state.presence.is_away();
    if (state.configured && away && state.holds.is_held() && !(state.away && state.held))
        announce(effects, Level::info, Reason::held, "You are away, but nothing is put to sleep while a hold is on.");
    const auto warned = state.holds.warned_until();
    if (away && warned && !std::exchange(state.warned, true))
        announce(effects, Level::info, Reason::held,
                 fmt::format("No hold is on any more; in {} everything registered is put to sleep unless you return.{}",
                             to_string(*warned - now.boot), not_kept_text(state)));
    if (!warned) state.warned = false;
    auto record = state.holds.record();
    if (record == state.saved_holds) return;
    state.saved_holds = record;
    effects.emplace_back(SaveHolds{record});
}

void announce_other_accounts(State& state, std::vector<Effect>& effects) {
    std::map<std::string, const ResourceRecord*> causes;
    for (const auto& [id, record] : state.tracked)
        if (record.trouble && record.trouble->code == ErrorCode::other_account)
            causes.emplace(record.trouble->message, &record);
    const auto count_of = [&](const AccountId& owner) {
        return std::ranges::count_if(state.tracked, [&](const auto& each) { return each.second.owner() == owner; });
    };
    for (const auto& [message, one] : causes) {
        if (state.told_elsewhere.contains(message)) continue;
        const auto count = count_of(one->owner());
        announce(effects, Level::warning, Reason::refused,
                 fmt::format("{} Of {} resource{} nothing is called, and nothing forgotten. {}", message, count,
                             count == 1 ? "" : "s", one->trouble->next_step));
    }
    if (causes.empty() && !state.told_elsewhere.empty())
        announce(effects, Level::info, Reason::verified,
                 "The credentials of the right account are back; doze goes on.");
    state.told_elsewhere.clear();
    for (const auto& [message, cause] : causes) state.told_elsewhere.insert(message);
}

void announce_erasures(State& state, std::vector<Effect>& announcements) {
    if (state.presence.is_away() && !state.holds.warned_until()) return;
    for (const auto& resource : SystemView(state).would_sleep()) {
        const auto& id = resource.id();
        auto& record = state.tracked.at(id);
        if (record.told_erased || !record.seen->losses.erases()) continue;
        record.told_erased = true;
        announcements.emplace_back(Announce{.level = Level::warning,
                                            .reason = Reason::configured,
                                            .id = id,
                                            .text = fmt::format("{} goes to sleep when you are away. {}", to_string(id),
                                                                to_string(record.seen->losses))});
    }
}

}  // namespace doze::core
