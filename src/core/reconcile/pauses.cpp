#include "core/reconcile/pauses.hpp"

#include <algorithm>

namespace doze::core {
namespace {

using namespace std::chrono_literals;

Duration doubled(Duration first, int times, Duration longest) {
    return std::min(longest, first * (1 << std::clamp(times, 0, 16)));
}

}  // namespace

Duration describe_pause(int count) {
    constexpr int usual = 43;
    constexpr Duration first[] = {500ms, 3s, 7s};
    if (count < 3) return first[std::max(count, 0)];
    return doubled(longest_usual_pause, count - usual, 5min);
}

TimePoint next_describe(TimePoint now, int count) {
    const auto pause = describe_pause(count);
    const auto beat = pause / 2;
    const auto past_beat = (now + pause).time_since_epoch() % beat;
    return now + pause + (past_beat == Duration::zero() ? past_beat : beat - past_beat);
}

Duration retry_pause(Recovery recovery, int attempts, Duration check_interval) {
    const int again = attempts - 1;
    constexpr int waits = 40;  // Ten minutes: then it may last for hours.
    switch (recovery) {
        case Recovery::wait: return again < waits ? doubled(1s, again, 15s) : doubled(15s, again - waits, 5min);
        case Recovery::retry: return doubled(2s, again, 5min);
        case Recovery::capacity: return doubled(1min, again, 15min);
        case Recovery::plainly:
        case Recovery::tell: return std::max<Duration>(check_interval, 1min);
    }
    return 5min;
}

}  // namespace doze::core
