#pragma once

#include <compare>

#include "core/resource.hpp"
#include "core/time.hpp"

namespace doze::core {

struct State;
struct Decisions;
struct Tracked;

/// What one call at AWS can describe together.
struct LookGroup {
    Region region;
    Kind kind;
    ProfileName profile;

    auto operator<=>(const LookGroup&) const = default;
};

/// How many calls may still describe a group while things of it are on their way. It fills at one and a half
/// calls for each batch in the time of the longest usual pause between two looks: with the first looks less than two.
struct LookBudget {
    double calls = 1.5;
    TimePoint filled_at = TimePoint::min();
};

/// Looks at everything tracked, when the check interval (give or take a tenth, by State::seed) is over.
void look_at_all_if_due(State& state, Now now, Decisions& out);

/// Looks at this one now, unless a look is out already or has just failed.
void look_again(Tracked& tracked, Now now, Decisions& out);

/// Sends the looks that the plan wants now, in as few calls as AWS takes: what waits for a look goes along where there
/// is room. A first look always goes at once; the others have a LookBudget.
void send_looks(State& state, Now now, Decisions& out);

}  // namespace doze::core
