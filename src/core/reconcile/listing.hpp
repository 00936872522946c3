#pragma once

#include <vector>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {

/// Whether AWS must be asked for this list to answer somebody who accepts one as old as `max_age`. doze lists only on
/// such demand.
[[nodiscard]] bool needs_list(const State& state, Kind kind, const Region& region, Duration max_age, TimePoint now);

/// How old a list may be for those who do not name a `max_age`: the check interval, from 30 s to 5 min.
[[nodiscard]] Duration usual_age(const Settings& settings);

/// Asks AWS for the lists that the request needs; replies at once if it needs none, else when the last has come back.
void request_list(State& state, const ListRequested& event, Now now, std::vector<Effect>& effects);

/// A list came back: updates the inventory and the records, and answers the requests that waited for it.
void on_listed(State& state, const Listed& event, const ReconcileContext& context, Batch& out,
               std::vector<Effect>& effects);

}  // namespace doze::core
