#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/state.hpp"

namespace doze::core {

/// Continues what the journal holds. Nothing is done before the first Configured.
[[nodiscard]] State start(std::vector<JournalEntry> journal, const std::optional<PresenceRecord>& presence, Now now,
                          const std::optional<HoldRecord>& holds = std::nullopt,
                          std::map<ResourceId, AccountId> accounts = {});

/// The one way that anything is decided. What happened together is decided together: its calls and
/// commits are grouped.
[[nodiscard]] std::vector<Effect> step(State& state, std::span<const Event> events, Now now);
[[nodiscard]] std::vector<Effect> step(State& state, const Event& event, Now now);

/// When step() wants a Tick at the latest; none if only another event can change anything.
[[nodiscard]] std::optional<TimePoint> next_deadline(const State& state);

}  // namespace doze::core
