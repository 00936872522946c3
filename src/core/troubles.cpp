#include "core/troubles.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "core/reconcile/reconciler.hpp"
#include "core/state.hpp"

namespace doze::core {
namespace {

/// One answer is no proof.
constexpr Duration missing_lasts = std::chrono::minutes(1);

Error missing(const ResourceRecord& tracked) {
    const auto& id = tracked.id;
    if (!tracked.seen->state.empty())
        return {.code = ErrorCode::not_found,
                .message = fmt::format("{} is gone: AWS says that it is {}.", to_string(id), tracked.seen->state),
                .next_step = fmt::format("Unregister it: doze unregister {}", to_string(id))};
    return {.code = ErrorCode::not_found,
            .message = fmt::format("AWS has no such {} in {}: {}.", info(id.kind).noun, id.region.str(), to_string(id)),
            .next_step = "Check its name, region and account, or unregister it."};
}

bool is_missing(const ResourceRecord& tracked) {
    return tracked.registration && !tracked.entry && tracked.seen && tracked.seen->phase == Phase::gone;
}

bool is_same(const Error& one, const Error& other) {
    return one.code == other.code && one.next_step == other.next_step;
}

}  // namespace

std::optional<Error> trouble_of(const ResourceRecord& tracked) {
    if (tracked.trouble) return tracked.trouble;
    if (is_missing(tracked)) return missing(tracked);
    if (tracked.seen && tracked.seen->stuck) return stuck(tracked);
    return std::nullopt;
}

bool is_known_trouble(const State& state, const Error& error) {
    return std::ranges::any_of(state.inventory.listings(), [&](const auto& cached) {
        return cached.second.trouble && is_same(*cached.second.trouble, error);
    });
}

bool is_known_trouble(const State& state, const ResourceId& id, const Error& error) {
    return is_known_trouble(state, error) || std::ranges::any_of(state.tracked, [&](const auto& each) {
               return each.first != id && each.second.failed_describes > 0 && each.second.trouble &&
                      is_same(*each.second.trouble, error);
           });
}

void tell_missing(ResourceRecord& tracked, TimePoint asked_at, std::vector<Effect>& effects) {
    if (!is_missing(tracked)) {
        tracked.missing.reset();
        if (!tracked.seen || tracked.seen->phase == Phase::gone) return;
        tracked.was_there = true;
        tracked.told_missing = false;
        return;
    }
    if (!tracked.missing) tracked.missing = asked_at;
    const bool is_sure =
        !tracked.was_there || !tracked.seen->state.empty() || asked_at - *tracked.missing >= missing_lasts;
    if (!is_sure || std::exchange(tracked.told_missing, true)) return;
    effects.emplace_back(
        Announce{.level = Level::warning, .reason = Reason::gone, .id = tracked.id, .text = missing(tracked).text()});
}

}  // namespace doze::core
