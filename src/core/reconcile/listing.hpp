#pragma once

#include <vector>

#include "core/state.hpp"
#include "core/reconcile/reconcile.hpp"

namespace doze::core {

/// Lists are surveyed only for those who ask for them: whether this one needs a survey for somebody to whom it may be
/// so old.
[[nodiscard]] bool needs_list(const State& state, Kind kind, const Region& region, Duration max_age, TimePoint now);

/// How old a list may be for those who do not say.
[[nodiscard]] Duration usual_age(const Settings& settings);

/// A person wants a fresh list.
void request_list(State& state, const ListRequested& event, Now now, std::vector<Effect>& effects);

/// A survey came back: to the inventory, to the plan, to whoever waits for it.
void on_listed(State& state, const Listed& event, const Inputs& inputs, Batch& out, std::vector<Effect>& effects);

}  // namespace doze::core
