#include "core/presence/activity.hpp"

#include <gmock/gmock.h>
#include <map>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace doze::core {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr TimePoint start{1h};

ActivitySignal sign(ActivityKind kind, TimePoint at) {
    return {.kind = kind, .at = at, .source = "test"};
}

ActivitySignal burst(ActivityKind kind, TimePoint at) {
    return {.kind = kind, .at = at, .ongoing = true, .source = "test"};
}

TEST(ActivityThrottle, TellsTheFirstAtOnce) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::keyboard, start));
    ASSERT_TRUE(throttle.next_deadline());
    EXPECT_LE(*throttle.next_deadline(), start);
    EXPECT_THAT(throttle.due(start), ElementsAre(Activities{Activity::keyboard, 1, start}));
    EXPECT_FALSE(throttle.next_deadline());
}

TEST(ActivityThrottle, MergesWhatFollowsUntilTheIntervalEnds) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::keyboard, start));
    std::ignore = throttle.due(start);
    for (const auto after : {10ms, 20ms, 30ms}) throttle.on_signal(sign(ActivityKind::keyboard, start + after));
    EXPECT_THAT(throttle.due(start + 299ms), IsEmpty());
    EXPECT_EQ(throttle.next_deadline(), start + 300ms);
    EXPECT_THAT(throttle.due(start + 300ms), ElementsAre(Activities{Activity::keyboard, 3, start + 30ms}));
    EXPECT_FALSE(throttle.next_deadline());
}

TEST(ActivityThrottle, KeepsTheKindsApart) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::keyboard, start));
    std::ignore = throttle.due(start);
    throttle.on_signal(sign(ActivityKind::audio, start + 1ms));
    EXPECT_THAT(throttle.due(start + 1ms), ElementsAre(Activities{Activity::audio, 1, start + 1ms}));
}

TEST(ActivityThrottle, CountsABurstOnce) {
    ActivityThrottle throttle;
    throttle.on_signal(burst(ActivityKind::pointer, start));
    std::ignore = throttle.due(start);
    throttle.on_signal(sign(ActivityKind::pointer, start + 40s));  // Its end, told at 45 s.
    EXPECT_THAT(throttle.due(start + 45s), IsEmpty());
    throttle.on_signal(sign(ActivityKind::pointer, start + 50s));
    EXPECT_THAT(throttle.due(start + 50s), ElementsAre(Activities{Activity::pointer, 1, start + 50s}));
}

TEST(ActivityThrottle, DoesNotTakeTheEndOfOneSourcesBurstForThatOfAnother) {
    ActivityThrottle throttle;
    throttle.on_signal(burst(ActivityKind::keyboard, start));
    std::ignore = throttle.due(start);
    throttle.on_signal({.kind = ActivityKind::keyboard, .at = start + 1s, .source = "other"});
    EXPECT_THAT(throttle.due(start + 1s), ElementsAre(Activities{Activity::keyboard, 1, start + 1s}));
}

TEST(ActivityThrottle, CountsAfreshAfterASourceWasLostWithinABurst) {
    ActivityThrottle throttle;
    throttle.on_signal(burst(ActivityKind::keyboard, start));
    std::ignore = throttle.due(start);
    throttle.on_source({.name = "test", .kind = ActivityKind::keyboard, .state = SourceState::unavailable});
    throttle.on_signal(sign(ActivityKind::keyboard, start + 9s));
    EXPECT_EQ(throttle.due(start + 9s).size(), 1U);
}

TEST(ActivityThrottle, TellsInputThatCantBeToldApartAsThatOfTheKeyboard) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::input, start));
    throttle.on_signal(sign(ActivityKind::keyboard, start));
    EXPECT_THAT(throttle.due(start), ElementsAre(Activities{Activity::keyboard, 2, start}));
}

TEST(ActivityThrottle, DoesNotEchoWhatAClientSaid) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::session, start));
    EXPECT_FALSE(throttle.next_deadline());
    EXPECT_THAT(throttle.due(start), IsEmpty());
}

TEST(ActivityThrottle, WantsNoTimeWhileNobodyListensButKnowsTheBurstsThatGoOn) {
    ActivityThrottle throttle;
    throttle.on_signal(burst(ActivityKind::screen, start));
    throttle.forget();
    EXPECT_FALSE(throttle.next_deadline());
    EXPECT_THAT(throttle.due(start + 1h), IsEmpty());
    throttle.on_signal(sign(ActivityKind::screen, start + 1h));  // The end of the burst.
    EXPECT_THAT(throttle.due(start + 1h), IsEmpty());
}

TEST(ActivityThrottle, NeverTellsOfTheFuture) {
    ActivityThrottle throttle;
    throttle.on_signal(sign(ActivityKind::window, start + 5s));
    EXPECT_THAT(throttle.due(start), ElementsAre(Activities{Activity::window, 1, start}));
}

// Random signals at random times; due() is called at the deadlines, as the daemon does, and at other times.
TEST(ActivityThrottle, LosesNothingAndKeepsItsIntervalsWhateverComes) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        std::mt19937 random(seed);
        const auto below = [&](int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); };
        ActivityThrottle throttle;
        std::map<Activity, int> given, told;
        std::map<Activity, TimePoint> last;
        std::set<std::pair<ActivityKind, std::string>> open;
        const auto hear = [&](TimePoint now) {
            for (const auto& each : throttle.due(now)) {
                EXPECT_GE(each.count, 1);
                EXPECT_LE(each.at, now);
                if (last.contains(each.activity)) {
                    EXPECT_GE(now - last[each.activity], interval_of(each.activity));
                }
                last[each.activity] = now;
                told[each.activity] += each.count;
            }
        };
        auto now = start;
        for (int i = 0; i < 500; ++i) {
            const auto next = now + Duration(below(3) ? below(50) : below(3000));
            while (throttle.next_deadline() && std::max(*throttle.next_deadline(), now) <= next) {
                now = std::max(*throttle.next_deadline(), now);
                hear(now);
            }
            now = next;
            const ActivitySignal signal{.kind = signal_kinds[static_cast<std::size_t>(below(signal_kinds.size()))],
                                        .at = now - Duration(below(2000)),
                                        .ongoing = below(2) == 0,
                                        .source = below(2) ? "one" : "two"};
            const auto key = std::pair(signal.kind, signal.source);
            const bool ends = !signal.ongoing && open.erase(key) > 0;
            if (signal.ongoing) open.insert(key);
            if (const auto activity = activity_of(signal.kind); activity && !ends) ++given[*activity];
            throttle.on_signal(signal);
            if (below(2)) hear(now);
        }
        while (throttle.next_deadline()) {
            now = std::max(*throttle.next_deadline(), now);
            hear(now);
        }
        EXPECT_EQ(told, given) << "seed " << seed;
    }
}

}  // namespace
}  // namespace doze::core
