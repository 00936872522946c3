#pragma once

#include <compare>

#include "base/result.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// What EC2's own waiters use (botocore's InstanceRunning and InstanceStopped).
constexpr Duration longest_usual_pause = std::chrono::seconds(15);

/// Pause before the next description of a resource in transit; `count` is how many there were since the last change.
/// Half a second at first, soon 15 s; after some ten minutes it doubles up to 5 min, for what may last for hours.
[[nodiscard]] Duration describe_pause(int count);

/// When that description is due: after the pause, rounded up to a multiple of half of it. So resources that are in
/// transit at about the same time are described together, in as few calls as AWS allows.
[[nodiscard]] TimePoint next_describe(TimePoint now, int count);

/// Pause before a failed description or call is tried again; `attempts` counts from 1.
[[nodiscard]] Duration retry_pause(Recovery recovery, int attempts, Duration check_interval);

/// If AWS can't hibernate an instance yet, it is asked again every `hibernation_pause` until `hibernation_patience` is
/// over; then the instance is stopped instead.
constexpr Duration hibernation_pause = std::chrono::seconds(30);
constexpr Duration hibernation_patience = std::chrono::minutes(5);

/// How long AWS may go on showing the state from before an accepted call (EC2 API: "eventual consistency").
constexpr Duration call_takes_effect_within = std::chrono::seconds(60);

/// An answer that contradicts the journal is believed if a description asked for at least this long after it agrees.
constexpr Duration proof_takes = std::chrono::seconds(60);

/// How long the tasks of an ECS service may take to run before its wake counts as done anyway: its desired count is
/// restored, and why tasks do not start is for its owner to find out.
constexpr Duration tasks_start_within = std::chrono::minutes(15);

/// How far AWS's clock and this machine's may differ when doze recognises its own stop.
constexpr Duration clock_tolerance = std::chrono::minutes(5);

/// AWS starts a database that was stopped seven days ago no earlier than `restart_tolerance` before the time it gave,
/// and no later than `restart_lasts` after it.
constexpr Duration restart_tolerance = std::chrono::hours(1);
constexpr Duration restart_lasts = std::chrono::hours(24);

struct State;
struct Batch;
struct ResourceRecord;

/// Resources that one call to AWS can describe together (within a cluster, where the kind has any).
struct DescribeGroup {
    Region region;
    Kind kind;
    ProfileName profile;

    auto operator<=>(const DescribeGroup&) const = default;
};

/// A token bucket: how many calls may describe a group while resources of it are in transit. In each
/// `longest_usual_pause` it gains one and a half calls for each call that describing the whole group takes, up to 1.5.
/// It may go into debt.
struct DescribeBudget {
    double calls = 1.5;
    TimePoint filled_at = TimePoint::min();
};

/// Describes everything tracked if the check interval (varied by up to a tenth, by State::seed) is over.
void describe_all_if_due(State& state, Now now, Batch& out);

/// Describes this resource now, unless a description is under way or has just failed.
void describe_now(ResourceRecord& record, Now now, Batch& out);

/// Sends the descriptions that reconciling wants now, in as few calls as AWS allows: a resource whose description is
/// due later goes along where a call has room. The first one after a change goes at once; further ones are limited by
/// the DescribeBudget.
void send_describes(State& state, Now now, Batch& out);

}  // namespace doze::core
