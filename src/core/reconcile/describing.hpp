#pragma once

#include <compare>

#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

struct State;
struct Batch;
struct ResourceRecord;

/// What one call at AWS can describe together.
struct DescribeGroup {
    Region region;
    Kind kind;
    ProfileName profile;

    auto operator<=>(const DescribeGroup&) const = default;
};

/// How many calls may still describe a group while things of it are on their way. It fills at one and a half
/// calls for each batch in the time of the longest usual pause between two looks: with the first looks less than two.
struct DescribeBudget {
    double calls = 1.5;
    TimePoint filled_at = TimePoint::min();
};

/// Looks at everything tracked, when the check interval (give or take a tenth, by State::seed) is over.
void look_at_all_if_due(State& state, Now now, Batch& out);

/// Looks at this one now, unless a look is out already or has just failed.
void look_again(ResourceRecord& tracked, Now now, Batch& out);

/// Sends the looks that the plan wants now, in as few calls as AWS takes: what waits for a look goes along where there
/// is room. A first look always goes at once; the others have a LookBudget.
void send_describes(State& state, Now now, Batch& out);

}  // namespace doze::core
