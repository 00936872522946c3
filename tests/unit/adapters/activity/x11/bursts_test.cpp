#include "adapters/activity/x11/bursts.hpp"

#include <gmock/gmock.h>
#include <map>

namespace doze::activity::x11 {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::Duration;
using core::TimePoint;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

constexpr auto keyboard = ActivityKind::keyboard;
constexpr auto pointer = ActivityKind::pointer;

/// A simulated X server with a keyboard (6), a mouse (7) and the two devices of XTEST (4, 5), which have
/// been quiet for an hour.
class Bursting : public testing::Test {
   protected:
    static constexpr int xtest_pointer = 4;
    static constexpr int xtest_keyboard = 5;
    static constexpr int keys = 6;
    static constexpr int mouse = 7;

    void pass(Duration time) { now_ += time; }
    void type() { last_[keys] = now_; }
    void click() { last_[mouse] = now_; }
    void move(int pixels) {
        last_[mouse] = now_;
        at_.x += pixels;
        axes_[mouse] += std::int64_t{pixels} << 32;
    }
    void move_by_less_than_a_pixel() {
        last_[mouse] = now_;
        axes_[mouse] += std::int64_t{1} << 30;
    }
    /// `xset s reset`, as video players send it.
    void heartbeat() {
        for (auto& [device, last] : last_) last = now_;
    }
    void suspend(Duration time) { slept_ += time; }

    Verdict look() {
        Look look{.at = TimePoint(now_ + slept_),
                  .suspended = slept_,
                  .server_time = now_,
                  .pointer = at_,
                  .button = std::exchange(button_, false)};
        for (const auto& [device, last] : last_) {
            const bool is_pointer = device == xtest_pointer || device == mouse;
            look.devices.push_back({.device = device,
                                    .kind = is_pointer ? pointer : keyboard,
                                    .idle = now_ - last,
                                    .axes = {axes_[device], 0}});
        }
        return bursts_.judge(look);
    }
    std::vector<ActivitySignal> signals() { return look().signals; }

    [[nodiscard]] ActivitySignal begun(ActivityKind kind, Duration ago = 0ms) const {
        return {.kind = kind, .at = TimePoint(now_ + slept_ - ago), .ongoing = true};
    }
    [[nodiscard]] ActivitySignal ended(ActivityKind kind, Duration ago = 2s) const {
        return {.kind = kind, .at = TimePoint(now_ + slept_ - ago)};
    }

    /// The source has started, and what it says of the past is taken.
    void settle() {
        (void)look();
        pass(1h);
    }

    Bursts bursts_{BurstSettings{}};
    Duration now_ = 10h;  ///< On the server's clock.
    Duration slept_{};
    std::map<int, Duration> last_ = {{xtest_pointer, 9h}, {xtest_keyboard, 9h}, {keys, 9h}, {mouse, 9h}};
    std::map<int, std::int64_t> axes_;
    Point at_{.x = 640, .y = 512};
    bool button_ = false;
};

TEST_F(Bursting, DatesTheFirstSignalsBack) {
    last_[keys] = now_ - 5min;
    last_[mouse] = now_ - 1s;
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard, 5min), begun(pointer, 1s)));
}

TEST_F(Bursting, SaysNothingOfThePastOfAServerThatNobodyHasUsed) {
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, DoesNotTakeTheStartOfTheServerForAPerson) {
    heartbeat();
    pass(100ms);
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, TypingBeginsAndEnds) {
    settle();
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
    pass(10s);
    type();
    pass(2s);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard)));
    pass(1min);
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, OneBurstNeedsNoFurtherLooks) {
    settle();
    type();
    move(50);
    EXPECT_FALSE(look().look_again);
}

TEST_F(Bursting, MovementBelowTheThresholdIsNoSignal) {
    settle();
    move(4);
    const Verdict verdict = look();
    EXPECT_THAT(verdict.signals, IsEmpty());
    EXPECT_TRUE(verdict.look_again);
    pass(2s);
    EXPECT_THAT(signals(), IsEmpty());
    EXPECT_FALSE(look().look_again);
}

TEST_F(Bursting, MovementOfTheThresholdIsASignal) {
    settle();
    move(5);
    EXPECT_THAT(signals(), ElementsAre(begun(pointer)));
    pass(2s);
    EXPECT_THAT(signals(), ElementsAre(ended(pointer)));
}

TEST_F(Bursting, RealMovementLaterInAShakyBurstCounts) {
    settle();
    move(2);
    EXPECT_THAT(signals(), IsEmpty());
    pass(400ms);
    move(100);
    pass(100ms);
    EXPECT_THAT(signals(), ElementsAre(begun(pointer, 100ms)));
}

TEST_F(Bursting, RealMovementIsFoundAtTheEndOfAShakyBurst) {
    settle();
    move(2);
    EXPECT_THAT(signals(), IsEmpty());
    move(100);
    pass(2s);
    EXPECT_THAT(signals(), ElementsAre(ended(pointer)));
}

TEST_F(Bursting, ADeskThatShakesAllNightNeverAddsUp) {
    settle();
    for (int i = 0; i < 1000; ++i) {
        move(3);
        EXPECT_THAT(signals(), IsEmpty());
        pass(2s);
        EXPECT_THAT(signals(), IsEmpty());
        pass(30s);
    }
}

TEST_F(Bursting, AShakeThatReturnsToItsPlaceIsNoClick) {
    settle();
    move(1);
    (void)look();
    move(-1);
    pass(500ms);
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, AShakeOfLessThanAPixelIsNoClick) {
    settle();
    move_by_less_than_a_pixel();
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, AClickWithoutMovementIsASignal) {
    settle();
    click();
    EXPECT_THAT(signals(), ElementsAre(begun(pointer)));
}

TEST_F(Bursting, AClickAmongSmallMovementsIsASignal) {
    settle();
    move(1);
    EXPECT_TRUE(look().watch_buttons);
    pass(300ms);
    click();
    button_ = true;
    const Verdict verdict = look();
    EXPECT_THAT(verdict.signals, ElementsAre(begun(pointer)));
    EXPECT_FALSE(verdict.watch_buttons);
}

TEST_F(Bursting, APointerMovedByAProgramIsNoSignal) {
    settle();
    at_.x += 300;
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
}

TEST_F(Bursting, WithAThresholdOfZeroEveryMovementCounts) {
    bursts_ = Bursts(BurstSettings{.movement_threshold = 0});
    settle();
    move_by_less_than_a_pixel();
    EXPECT_THAT(signals(), ElementsAre(begun(pointer)));
}

TEST_F(Bursting, AHeartbeatIsNoPerson) {
    settle();
    heartbeat();
    const Verdict verdict = look();
    EXPECT_THAT(verdict.signals, IsEmpty());
    EXPECT_TRUE(verdict.look_again);
    pass(2s);
    const Verdict end = look();
    EXPECT_THAT(end.signals, IsEmpty());
    EXPECT_FALSE(end.look_again);
}

TEST_F(Bursting, APersonWhoTypesRightAfterAHeartbeatIsNoticed) {
    settle();
    heartbeat();
    EXPECT_THAT(signals(), IsEmpty());
    pass(300ms);
    type();
    pass(200ms);
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard, 200ms)));
    pass(1800ms);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard)));
}

TEST_F(Bursting, AHeartbeatDoesNotEndTyping) {
    settle();
    type();
    (void)look();
    pass(10s);
    type();
    pass(100ms);
    heartbeat();
    EXPECT_THAT(signals(), IsEmpty());
    pass(400ms);
    type();
    pass(100ms);
    const Verdict verdict = look();
    EXPECT_THAT(verdict.signals, IsEmpty());
}

TEST_F(Bursting, AProgramThatBeatsEverySecondDoesNotKeepAPersonThere) {
    settle();
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
    pass(500ms);
    const TimePoint first_beat(now_);
    std::vector<ActivitySignal> all;
    for (int second = 0; second < 100; ++second) {
        heartbeat();
        for (int half = 0; half < 2; ++half) {
            const Verdict verdict = look();
            all.insert(all.end(), verdict.signals.begin(), verdict.signals.end());
            pass(500ms);
        }
    }
    EXPECT_THAT(all, ElementsAre(ActivitySignal{.kind = keyboard, .at = first_beat}));
}

TEST_F(Bursting, ADeviceThatIsPluggedInCountsFromItsNextEvent) {
    settle();
    last_[9] = now_;
    EXPECT_THAT(signals(), IsEmpty());
    pass(300ms);
    last_[9] = now_;
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
}

TEST_F(Bursting, ADeviceThatIsUnpluggedEndsItsBurst) {
    settle();
    last_[9] = now_ - 1h;
    (void)look();
    last_[9] = now_;
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
    pass(1min);
    last_.erase(9);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard, 0ms)));
}

TEST_F(Bursting, WhatWasTypedBeforeASuspendIsNotDatedAfterIt) {
    settle();
    type();
    (void)look();
    pass(1s);
    suspend(8h);
    pass(1s);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard, 8h + 2s)));
    pass(1h);
    EXPECT_THAT(signals(), IsEmpty());
}

TEST_F(Bursting, TypingOnAfterASuspendIsANewBurst) {
    settle();
    type();
    (void)look();
    pass(500ms);
    suspend(8h);
    pass(500ms);
    move(100);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard, 8h + 1s), begun(pointer)));
    pass(400ms);
    type();
    pass(100ms);
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard, 100ms)));
}

TEST_F(Bursting, TheKeyThatWakesASuspendedMachineCounts) {
    settle();
    suspend(8h);
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
}

TEST_F(Bursting, WhatIsSwitchedOffIsNotReported) {
    bursts_ = Bursts(BurstSettings{.pointer = false});
    settle();
    click();
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
}

TEST_F(Bursting, OneCounterForEverythingIsTakenAtItsWord) {
    last_ = {{keys, now_ - 1h}};
    settle();
    type();
    EXPECT_THAT(signals(), ElementsAre(begun(keyboard)));
    pass(2s);
    EXPECT_THAT(signals(), ElementsAre(ended(keyboard)));
}

TEST_F(Bursting, ALostDisplayEndsWhatIsOngoing) {
    settle();
    type();
    (void)look();
    pass(1s);
    EXPECT_THAT(bursts_.end(TimePoint(now_)), ElementsAre(ended(keyboard, 0ms)));
    EXPECT_THAT(bursts_.end(TimePoint(now_)), IsEmpty());
}

}  // namespace
}  // namespace doze::activity::x11
