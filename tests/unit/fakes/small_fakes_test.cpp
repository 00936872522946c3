// The clock, the source and the failures of the journal in memory. What that journal keeps is in
// tests/contract/journal.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <vector>

#include "fakes/fake_clock.hpp"
#include "fakes/memory_journal.hpp"
#include "fakes/scripted_source.hpp"

namespace doze::fakes {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

core::JournalEntry service(int desired) {
    return {.id = core::ecs(Region("eu-west-1"), ClusterName("web"), ServiceName("api")),
            .snapshot = {.desired = desired}};
}

TEST(FakeClockTest, MovesOnlyWhenTold) {
    FakeClock clock;
    const auto began = clock.now();
    EXPECT_EQ(clock.now().boot, began.boot);
    clock.advance(5s);
    EXPECT_EQ(clock.now().boot, began.boot + 5s);
    EXPECT_EQ(clock.now().wall, began.wall + 5s);
    clock.advance_to(began.boot + 1min);
    EXPECT_EQ(clock.now().wall, began.wall + 1min);
}

TEST(FakeClockTest, LetsTheWallClockJumpAlone) {
    FakeClock clock;
    const auto began = clock.now();
    clock.set_wall(began.wall - 2h);
    EXPECT_EQ(clock.now().boot, began.boot);
    EXPECT_EQ(clock.now().wall, began.wall - 2h);
}

TEST(MemoryJournalTest, FailsAsOftenAsOrdered) {
    MemoryJournal journal;
    journal.fail_next(2, disk_full());
    EXPECT_FALSE(journal.write(std::vector{service(3)}, {}));
    EXPECT_FALSE(journal.save({.state = core::PresenceState::away}));
    EXPECT_TRUE(journal.write(std::vector{service(3)}, {}));
    EXPECT_THAT(journal.rows(), SizeIs(1));
    EXPECT_EQ(journal.presence().value(), std::nullopt);
}

TEST(MemoryJournalTest, CountsOverwritesThatItRefused) {
    MemoryJournal journal;
    ASSERT_TRUE(journal.write(std::vector{service(3)}, {}));
    EXPECT_EQ(journal.refused_overwrites(), 0);
    EXPECT_FALSE(journal.write(std::vector{service(0)}, {}));
    EXPECT_EQ(journal.refused_overwrites(), 1);
}

TEST(MemoryJournalTest, KeepsItsHistory) {
    MemoryJournal journal;
    ASSERT_TRUE(journal.add(std::vector<core::Announce>{{.reason = core::Reason::away, .text = "Away."}}, {}));
    ASSERT_THAT(journal.lines(), SizeIs(1));
    EXPECT_EQ(journal.lines()[0].what.text, "Away.");
}

TEST(ScriptedSourceTest, SaysWhatTheTestSays) {
    ScriptedSource source("x11-pointer", core::ActivityKind::pointer);
    source.push(core::TimePoint(1s));  // Nobody listens yet.
    std::vector<core::ActivitySignal> signals;
    std::vector<core::SourceStatus> statuses;
    source.start({.signal = [&](const core::ActivitySignal& signal) { signals.push_back(signal); },
                  .status = [&](const core::SourceStatus& status) { statuses.push_back(status); }});
    EXPECT_THAT(signals, IsEmpty());
    ASSERT_THAT(statuses, SizeIs(1));
    EXPECT_EQ(statuses[0].state, core::SourceState::running);
    EXPECT_EQ(statuses[0].name, "x11-pointer");

    source.push(core::TimePoint(2s));
    source.push(core::TimePoint(3s), true);
    EXPECT_THAT(signals, ElementsAre(core::ActivitySignal{core::ActivityKind::pointer, core::TimePoint(2s), false},
                                     core::ActivitySignal{core::ActivityKind::pointer, core::TimePoint(3s), true}));

    source.become(core::SourceState::unavailable, "The X server is gone.");
    ASSERT_THAT(statuses, SizeIs(2));
    EXPECT_EQ(statuses[1].detail, "The X server is gone.");
}

TEST(ScriptedSourceTest, MayBeUnavailableFromTheStart) {
    ScriptedSource source;
    source.become(core::SourceState::unavailable, "No display.");
    std::vector<core::SourceStatus> statuses;
    source.start({.signal = {}, .status = [&](const core::SourceStatus& status) { statuses.push_back(status); }});
    ASSERT_THAT(statuses, SizeIs(1));
    EXPECT_EQ(statuses[0].state, core::SourceState::unavailable);
}

}  // namespace
}  // namespace doze::fakes
