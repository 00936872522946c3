#pragma once

#include "base/result.hpp"
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

}  // namespace doze::core
