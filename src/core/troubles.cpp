#include "core/troubles.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "core/reconcile/reconciler.hpp"
#include "core/state.hpp"

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

}  // namespace doze::core
