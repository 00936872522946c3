#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "core/effect.hpp"
#include "core/event.hpp"
#include "core/inventory.hpp"
#include "core/plan/tracked.hpp"
#include "core/presence/presence.hpp"

namespace doze::core {

/// Everything that doze knows and intends. No clock, socket, file or random number in it.
struct State {
    Settings settings;
    Presence presence;
    Inventory inventory;

    /// The registered resources, and those no longer registered whose journal row is still open.
    std::map<ResourceId, Tracked> tracked;

    /// Goes up whenever a list of resources would read differently.
    std::uint64_t revision = 0;

    /// When all regions are to be surveyed next.
    TimePoint next_survey;
    bool configured = false;

    /// Orders that wait for a survey: how many are still out.
    struct WaitingSurvey {
        OrderId order;
        std::vector<Inventory::Key> open;
    };
    std::vector<WaitingSurvey> waiting_surveys;

    /// Registrations that wait for a look or for the file.
    std::map<OrderId, Registration> waiting_registrations;
    std::map<OrderId, Registration> waiting_saves;
    std::map<OrderId, ResourceId> waiting_removals;

    /// What was last announced of presence.
    PresenceState announced = PresenceState::active;
    bool announced_blind = false;
    std::optional<PresenceRecord> saved_presence;
};

/// Continues what the journal holds. Nothing is done before the first Configured.
[[nodiscard]] State start(std::vector<LedgerEntry> ledger, const std::optional<PresenceRecord>& presence, Now now);

/// The one way that anything is decided.
[[nodiscard]] std::vector<Effect> step(State& state, const Event& event, Now now);

/// When step() wants a Tick at the latest; none if only another event can change anything.
[[nodiscard]] std::optional<TimePoint> next_deadline(const State& state);

}  // namespace doze::core
