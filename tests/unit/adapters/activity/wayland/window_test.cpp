#include <gmock/gmock.h>

#include "adapters/activity/wayland/window_changes.hpp"

namespace doze::activity::wayland {
namespace {

using core::TimePoint;
using ::testing::Eq;
using ::testing::Optional;
using namespace std::chrono_literals;

TEST(SwayEvent, TheFocusOfAWindowIsItsNumber) {
    EXPECT_THAT(focused_window(R"({ "change": "focus", "container": { "id": 12, "type": "con", "name": "a title" } })"),
                Optional(Eq(12)));
}

TEST(SwayEvent, WhatElseHappensToAWindowIsNothing) {
    EXPECT_THAT(focused_window(R"({ "change": "title", "container": { "id": 12, "name": "a title" } })"),
                Eq(std::nullopt));
    EXPECT_THAT(focused_window(R"({ "change": "focus", "container": null })"), Eq(std::nullopt));
}

TEST(SwayEvent, TheOrderOfKeysDoesNotMatter) {
    EXPECT_THAT(focused_window(R"({"container":{"name":"\u00e9","rect":{"id":1},"nodes":[{"id":2}],"id":12},)"
                               R"("change":"focus"})"),
                Optional(Eq(12)));
}

TEST(SwayEvent, IsReadNoFurtherThanNeeded) {
    EXPECT_THAT(focused_window(R"({"change":"focus","container":{"id":12,"name":"cut o)"), Optional(Eq(12)));
}

TEST(SwayEvent, NonsenseIsNothing) {
    for (const char* const text : {"", "[]", "focus", R"({"change":"focus")", R"({"change":"focus","id":12})"}) {
        EXPECT_THAT(focused_window(text), Eq(std::nullopt)) << text;
    }
}

TEST(WindowChanges, AnotherWindowIsAChange) {
    WindowChanges changes(500ms);
    EXPECT_TRUE(changes.activated(1, TimePoint(0s)));
    EXPECT_FALSE(changes.activated(1, TimePoint(10s)));
    EXPECT_TRUE(changes.activated(2, TimePoint(20s)));
}

TEST(WindowChanges, TheWindowThatWasFoundIsNone) {
    WindowChanges changes(500ms);
    changes.found(1);
    EXPECT_FALSE(changes.activated(1, TimePoint(0s)));
    EXPECT_TRUE(changes.activated(2, TimePoint(0s)));
}

TEST(WindowChanges, ManyAtOnceAreOneSignal) {
    WindowChanges changes(500ms);
    EXPECT_TRUE(changes.activated(1, TimePoint(0s)));
    EXPECT_FALSE(changes.activated(2, TimePoint(100ms)));
    EXPECT_FALSE(changes.activated(1, TimePoint(499ms)));
    EXPECT_TRUE(changes.activated(2, TimePoint(500ms)));
}

}  // namespace
}  // namespace doze::activity::wayland
