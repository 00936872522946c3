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
[[nodiscard]] State start(std::vector<JournalEntry> ledger, const std::optional<PresenceRecord>& presence, Now now,
                          const std::optional<HoldRecord>& holds = std::nullopt,
                          std::map<ResourceId, AccountId> accounts = {});

/// The one way that anything is decided. What happened together is decided together: its calls and
/// commits are grouped.
[[nodiscard]] std::vector<Effect> step(State& state, std::span<const Event> events, Now now);
[[nodiscard]] std::vector<Effect> step(State& state, const Event& event, Now now);

/// Whatever this absence puts to sleep has been asked of AWS, or can't be now: a suspend cuts nothing short.
[[nodiscard]] bool has_asked_everything(const State& state);

/// When doze begins to put things to sleep if nothing else happens: the end of the countdown to away, or of the
/// warning after a hold. None where nothing counts down: away and no hold, input that goes on, blind, or a client
/// holds.
[[nodiscard]] std::optional<TimePoint> sleep_at(const State& state);

/// Is the warning before a sleep on: idle, or away and a hold has just ended?
[[nodiscard]] bool is_warning(const State& state);

/// What would be put to sleep then, as far as it is known: registered, awake, unguarded.
[[nodiscard]] std::vector<ResourceId> would_sleep(const State& state);

/// When step() wants a Tick at the latest; none if only another event can change anything.
[[nodiscard]] std::optional<TimePoint> next_deadline(const State& state);

}  // namespace doze::core
