#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/state.hpp"

namespace doze::core {

/// The state at the start of the process, from what the journal holds. Nothing is decided before the first Configured.
[[nodiscard]] State start(std::vector<JournalEntry> journal, const std::optional<PresenceRecord>& presence, Now now,
                          const std::optional<HoldRecord>& holds = std::nullopt,
                          std::map<ResourceId, AccountId> accounts = {});

/// The only way in which anything is decided: applies the events and returns what is to be done. Events given together
/// are decided together, so that their calls and commits are grouped. `now` must not go back.
[[nodiscard]] std::vector<Effect> step(State& state, std::span<const Event> events, Now now);
[[nodiscard]] std::vector<Effect> step(State& state, const Event& event, Now now);

/// When step() must be called again at the latest, with a Tick; none if only another event can change anything.
[[nodiscard]] std::optional<TimePoint> next_deadline(const State& state);

}  // namespace doze::core
