#pragma once

#include <vector>

#include "core/reconcile/reconcile.hpp"
#include "core/state.hpp"

namespace doze::core {

/// AWS is asked for lists only for those who ask for them: whether it must be for somebody to whom this one may be so
/// old.
[[nodiscard]] bool needs_list(const State& state, Kind kind, const Region& region, Duration max_age, TimePoint now);

/// How old a list may be for those who do not say.
[[nodiscard]] Duration usual_age(const Settings& settings);

/// A person wants a fresh list.
void request_list(State& state, const ListRequested& event, Now now, std::vector<Effect>& effects);

/// A list came back: to the inventory, to the records, to whoever waits for it.
void on_listed(State& state, const Listed& event, const Inputs& inputs, Batch& out, std::vector<Effect>& effects);

}  // namespace doze::core
