#pragma once

#include <vector>

#include "core/engine.hpp"
#include "core/plan/plan.hpp"

namespace doze::core {

/// Surveys every region at the check interval, and looks at what is registered outside of them.
void survey_if_due(State& state, Now now, const Circumstances& circumstances, Decisions& out,
                   std::vector<Effect>& effects);

/// A person wants a fresh list.
void order_survey(State& state, const SurveyOrdered& event, Now now, std::vector<Effect>& effects);

/// A survey came back: to the inventory, to the plan, to whoever waits for it.
void on_surveyed(State& state, const Surveyed& event, const Circumstances& circumstances, Decisions& out,
                 std::vector<Effect>& effects);

}  // namespace doze::core
