#pragma once

#include <compare>

#include "base/result.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// What EC2's own waiters use (botocore's InstanceRunning and InstanceStopped).
constexpr Duration longest_usual_pause = std::chrono::seconds(15);

/// Pause before the next description of something on its way; `count` counts from 0. Half a second at first, soon
/// fifteen; after some ten minutes it may last for hours, and is asked about ever more seldom.
[[nodiscard]] Duration describe_pause(int count);

/// When that one is due: after the pause, at the next beat of half of it. What went on its way at about the same time
/// is so described together, in as few calls as AWS takes.
[[nodiscard]] TimePoint next_describe(TimePoint now, int count);

/// Pause before a failed description or call is tried again; `attempts` counts from 1.
[[nodiscard]] Duration retry_pause(Recovery recovery, int attempts, Duration check_interval);

/// An instance that AWS can't hibernate yet is asked again so often and for so long, before it is stopped instead.
constexpr Duration hibernation_pause = std::chrono::seconds(30);
constexpr Duration hibernation_patience = std::chrono::minutes(5);

/// How long AWS may go on showing the state from before an accepted call (EC2 API: "eventual consistency").
constexpr Duration call_takes_effect_within = std::chrono::seconds(60);

/// How long after the first answer that contradicts the journal the description is asked for that proves it.
constexpr Duration proof_takes = std::chrono::seconds(60);

/// How long an ECS service may need until its tasks run, before the wake counts as done anyway: its
/// desired count is back, and why tasks do not start is the service's own story.
constexpr Duration tasks_start_within = std::chrono::minutes(15);

/// How far AWS's clock and this machine's may differ when doze recognises its own stop.
constexpr Duration clock_tolerance = std::chrono::minutes(5);

/// AWS starts a database it stopped seven days ago within these of the time that it told.
constexpr Duration restart_tolerance = std::chrono::hours(1);
constexpr Duration restart_lasts = std::chrono::hours(24);

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
