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
/// calls for each batch in the time of the longest usual pause between two descriptions: with the first ones less than
/// two.
struct DescribeBudget {
    double calls = 1.5;
    TimePoint filled_at = TimePoint::min();
};

/// Describes everything tracked, when the check interval (give or take a tenth, by State::seed) is over.
void describe_all_if_due(State& state, Now now, Batch& out);

/// Describes this one now, unless a description is out already or has just failed.
void describe_now(ResourceRecord& record, Now now, Batch& out);

/// Sends the descriptions that reconciling wants now, in as few calls as AWS takes: what waits for one goes along where
/// there is room. A first one always goes at once; the others have a DescribeBudget.
void send_describes(State& state, Now now, Batch& out);

}  // namespace doze::core
