#include "adapters/activity/wayland/idleness.hpp"

#include <gmock/gmock.h>

namespace doze::activity::wayland {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::TimePoint;
using ::testing::Eq;
using ::testing::Optional;
using namespace std::chrono_literals;

constexpr Idleness::Seat seat = 7;
constexpr Idleness::Seat other = 8;

Moment at(core::Duration time, core::Duration suspended = 0s) {
    return {.at = TimePoint(time), .suspended = suspended};
}
auto begins(core::Duration time) {
    return Optional(Eq(ActivitySignal{.kind = ActivityKind::input, .at = TimePoint(time), .ongoing = true}));
}
auto ends(core::Duration time) {
    return Optional(Eq(ActivitySignal{.kind = ActivityKind::input, .at = TimePoint(time)}));
}
auto nothing() {
    return Eq(std::nullopt);
}

/// An interface that sees input whatever is inhibited.
Idleness seeing() {
    return Idleness({});
}
/// One whose notifications stand still while idleness is inhibited.
Idleness hiding() {
    return Idleness({.hidden_by_inhibitors = true});
}
/// One that moreover resumes when an inhibitor begins.
Idleness deceiving() {
    return Idleness({.hidden_by_inhibitors = true, .inhibitors_look_like_input = true});
}

TEST(Idleness, InputBeginsWhenTheSeatResumesAndEndsAtTheLastOfIt) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    EXPECT_THAT(idleness.idled(seat, at(2s)), nothing());
    EXPECT_THAT(idleness.resumed(seat, at(10s)), begins(10s));
    EXPECT_THAT(idleness.idled(seat, at(25s)), ends(23s));
}

TEST(Idleness, ASeatThatNobodyTouchesSaysNothing) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    EXPECT_THAT(idleness.idled(seat, at(2s)), nothing());
}

TEST(Idleness, DelaysAreNoInput) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    EXPECT_THAT(idleness.idled(seat, at(2900ms)), nothing());
}

TEST(Idleness, InputThatWasGoingOnAtTheStartIsKnownAtItsFirstPause) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    EXPECT_THAT(idleness.idled(seat, at(30s)), ends(28s));
}

TEST(Idleness, InputGoesOnWhileAnySeatHasIt) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    idleness.watch(other, at(0s));
    EXPECT_THAT(idleness.idled(seat, at(2s)), nothing());
    EXPECT_THAT(idleness.idled(other, at(2s)), nothing());
    EXPECT_THAT(idleness.resumed(seat, at(10s)), begins(10s));
    EXPECT_THAT(idleness.resumed(other, at(11s)), nothing());
    EXPECT_THAT(idleness.idled(seat, at(15s)), nothing());
    EXPECT_THAT(idleness.idled(other, at(20s)), ends(18s));
}

TEST(Idleness, ASeatThatIsUnpluggedEndsItsInput) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    (void)idleness.resumed(seat, at(10s));
    EXPECT_THAT(idleness.unwatch(seat, at(11s)), ends(11s));
    EXPECT_THAT(idleness.idled(seat, at(12s)), nothing());
}

TEST(Idleness, AnEndToldAfterASuspendIsNoSignOfLifeAfterIt) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    (void)idleness.resumed(seat, at(10s));
    EXPECT_THAT(idleness.idled(seat, at(8h, 7h)), ends(10s));
}

TEST(Idleness, ACompositorThatIsLostEndsInput) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    (void)idleness.resumed(seat, at(10s));
    EXPECT_THAT(idleness.end(at(11s)), ends(11s));
    EXPECT_THAT(idleness.end(at(12s)), nothing());
}

TEST(Idleness, AnInhibitorIsKnownAndInputSeenAllTheSame) {
    auto idleness = seeing();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    EXPECT_THAT(idleness.probe_is_silent(at(10s)), nothing());
    EXPECT_TRUE(idleness.is_inhibited());
    EXPECT_FALSE(idleness.is_hidden());
    EXPECT_THAT(idleness.resumed(seat, at(20s)), begins(20s));
    EXPECT_THAT(idleness.probe_answered(at(21s)), nothing());
    EXPECT_FALSE(idleness.is_inhibited());
}

TEST(HiddenIdleness, NobodyCountsAsPresentForEver) {
    auto idleness = hiding();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    EXPECT_THAT(idleness.resumed(seat, at(10s)), begins(10s));
    EXPECT_THAT(idleness.probe_answered(at(60s)), nothing());
    EXPECT_THAT(idleness.probe_is_silent(at(130s)), ends(60s));
    EXPECT_TRUE(idleness.is_hidden());
}

TEST(HiddenIdleness, WhatIsToldWhileHiddenIsNotBelieved) {
    auto idleness = hiding();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    EXPECT_THAT(idleness.probe_is_silent(at(10s)), nothing());
    EXPECT_THAT(idleness.resumed(seat, at(20s)), nothing());
    EXPECT_THAT(idleness.idled(seat, at(30s)), nothing());
}

TEST(HiddenIdleness, WhenTheInhibitorIsGoneItBeginsAnew) {
    auto idleness = hiding();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    (void)idleness.probe_is_silent(at(10s));
    EXPECT_THAT(idleness.probe_answered(at(100s)), nothing());
    EXPECT_FALSE(idleness.is_hidden());
    idleness.watch(seat, at(100s));
    EXPECT_THAT(idleness.idled(seat, at(102s)), nothing());
    EXPECT_THAT(idleness.resumed(seat, at(110s)), begins(110s));
}

TEST(DeceivingIdleness, InputCountsOnceTheProbeHasAnswered) {
    auto idleness = deceiving();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    EXPECT_THAT(idleness.resumed(seat, at(10s)), nothing());
    EXPECT_TRUE(idleness.awaits_probe());
    EXPECT_THAT(idleness.probe_answered(at(10003ms)), begins(10s));
    EXPECT_FALSE(idleness.awaits_probe());
    EXPECT_THAT(idleness.idled(seat, at(25s)), ends(23s));
}

TEST(DeceivingIdleness, AnInhibitorThatBeginsIsNoInput) {
    auto idleness = deceiving();
    idleness.watch(seat, at(0s));
    (void)idleness.idled(seat, at(2s));
    EXPECT_THAT(idleness.resumed(seat, at(10s)), nothing());
    EXPECT_THAT(idleness.probe_is_silent(at(10500ms)), nothing());
    EXPECT_TRUE(idleness.is_hidden());
    EXPECT_THAT(idleness.probe_answered(at(100s)), nothing());
}

}  // namespace
}  // namespace doze::activity::wayland
