#include <gmock/gmock.h>

#include "adapters/activity/pulse/peaks.hpp"

namespace doze::activity::pulse {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::Duration;
using core::TimePoint;
using namespace std::chrono_literals;
using ::testing::Eq;
using ::testing::Optional;

constexpr SoundLook nothing_plays{};
constexpr SoundLook silence{.playing = true, .peak = 0};
constexpr SoundLook quiet{.playing = true, .peak = 0.01F};
constexpr SoundLook music{.playing = true, .peak = 0.02F};

TimePoint at(Duration since_start) {
    return TimePoint(since_start);
}

class Sound : public ::testing::Test {
   protected:
    Audibility sound_{0.01F, 2s};
};

TEST_F(Sound, IsASignalAboveTheThresholdThatGoesOn) {
    EXPECT_THAT(sound_.judge(music, at(5s)).signal,
                Optional(ActivitySignal{.kind = ActivityKind::audio, .at = at(5s), .ongoing = true}));
    EXPECT_THAT(sound_.judge(music, at(7s)).signal, Eq(std::nullopt));
}

TEST_F(Sound, AtTheThresholdAndBelowIsNoSignal) {
    EXPECT_THAT(sound_.judge(quiet, at(5s)).signal, Eq(std::nullopt));
    EXPECT_THAT(sound_.judge(silence, at(7s)).signal, Eq(std::nullopt));
    EXPECT_THAT(sound_.judge(nothing_plays, at(9s)).signal, Eq(std::nullopt));
}

TEST_F(Sound, EndsAfterAnIntervalOfSilenceAndTellsWhenItWasLastHeard) {
    sound_.judge(music, at(0s));
    sound_.judge(music, at(2s));
    EXPECT_THAT(sound_.judge(silence, at(6s)).signal, Eq(std::nullopt));
    EXPECT_THAT(sound_.judge(silence, at(8s)).signal,
                Optional(ActivitySignal{.kind = ActivityKind::audio, .at = at(2s), .ongoing = false}));
    EXPECT_THAT(sound_.judge(silence, at(12s)).signal, Eq(std::nullopt));
}

TEST_F(Sound, GoesOnThroughAPauseBetweenTwoWords) {
    sound_.judge(music, at(0s));
    sound_.judge(silence, at(2s));
    sound_.judge(music, at(4s));
    EXPECT_THAT(sound_.judge(silence, at(6s)).signal, Eq(std::nullopt));
    EXPECT_THAT(sound_.judge(music, at(8s)).signal, Eq(std::nullopt));
}

TEST_F(Sound, ThatPausesEndsAfterAnIntervalToo) {
    sound_.judge(music, at(0s));
    const auto paused = sound_.judge(nothing_plays, at(3s));
    EXPECT_THAT(paused.signal, Eq(std::nullopt));
    EXPECT_THAT(paused.next_describe, Optional(Duration(2s)));
    EXPECT_THAT(sound_.judge(nothing_plays, at(4s)).next_describe, Optional(Duration(1s)));
    const auto over = sound_.judge(nothing_plays, at(5s));
    EXPECT_THAT(over.signal, Optional(ActivitySignal{.kind = ActivityKind::audio, .at = at(0s), .ongoing = false}));
    EXPECT_THAT(over.next_describe, Eq(std::nullopt)) << "nothing is looked at until something plays";
}

TEST_F(Sound, IsLookedAtLessAndLessWhileNothingChanges) {
    for (const Duration pause : {2s, 4s, 8s, 16s, 32s, 32s}) {
        EXPECT_THAT(sound_.judge(music, at(0s)).next_describe, Optional(pause));
    }
    EXPECT_THAT(sound_.judge(silence, at(60s)).next_describe, Optional(Duration(2s))) << "it may be over";
    for (const Duration pause : {2s, 4s, 8s}) {
        EXPECT_THAT(sound_.judge(music, at(62s)).next_describe, Optional(pause));
    }
}

TEST_F(Sound, OfASilentPlayerIsLookedForLessAndLess) {
    for (const Duration pause : {2s, 4s, 8s, 16s, 32s, 32s}) {
        EXPECT_THAT(sound_.judge(silence, at(0s)).next_describe, Optional(pause));
    }
    EXPECT_THAT(sound_.judge(nothing_plays, at(0s)).next_describe, Eq(std::nullopt));
    EXPECT_THAT(sound_.judge(silence, at(0s)).next_describe, Optional(Duration(2s)));
}

TEST_F(Sound, EndsWithTheServer) {
    EXPECT_THAT(sound_.end(), Eq(std::nullopt));
    sound_.judge(music, at(5s));
    EXPECT_THAT(sound_.end(), Optional(ActivitySignal{.kind = ActivityKind::audio, .at = at(5s), .ongoing = false}));
    EXPECT_THAT(sound_.end(), Eq(std::nullopt));
}

}  // namespace
}  // namespace doze::activity::pulse
