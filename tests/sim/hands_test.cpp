// What doze changed, doze changes back; what somebody else did meanwhile stays.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::hands_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
using core::SleepState;
using fakes::CallKind;
using fakes::Fault;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Region east("us-east-1");
const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));
const core::ResourceId nodes = core::eks(east, ClusterName("dev"), NodegroupName("nodes"));
const core::ResourceId workers = core::asg(east, GroupName("workers"));

constexpr std::uint16_t own = 0b1;  ///< Suspended by the group's people before doze came.
const Size api_size{.desired = 3, .min = 2, .max = 6};
const Size nodes_size{.desired = 2, .min = 1, .max = 4};
const Size workers_size{.desired = 2, .min = 1, .max = 3, .suspended = own};

class Hands : public testing::Test {
   protected:
    Hands() {
        sim.add(api, api_size);
        sim.add(nodes, nodes_size);
        sim.add(workers, workers_size);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Hands() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
        if (!HasFailure()) return;
        for (const auto& line : sim.lines()) ADD_FAILURE() << line;
    }

    [[nodiscard]] Size size(const core::ResourceId& id) { return sim.cloud.truth(id).size; }
    void sleep() {
        sim.leave_and_stay_away(60min);
        for (const auto& id : {api, nodes, workers}) ASSERT_EQ(size(id).desired, 0) << core::to_string(id);
    }
    /// Changes some of what is seen.
    template <class Edit>
    void by_hand(const core::ResourceId& id, Edit edit) {
        auto now = size(id);
        edit(now);
        ASSERT_TRUE(sim.cloud.change_by_hand(id, now));
    }

    Simulation sim{1};
};

TEST_F(Hands, ASizeSetByHandStaysAndWhatDozeSwitchedOffGoesBack) {
    sleep();
    by_hand(workers, [](Size& it) { it.min = 0, it.desired = 3, it.max = 5; });
    by_hand(api, [](Size& it) { it.desired = 4; });
    by_hand(nodes, [](Size& it) { it.desired = 3; });
    sim.come_back_and_stay(2min);
    EXPECT_EQ(size(workers), (Size{.desired = 3, .min = 1, .max = 5, .suspended = own}));
    EXPECT_EQ(size(api), (Size{.desired = 4, .min = 2, .max = 6}));
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
    EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(workers) + " was woken by somebody else")));
    // And the next time they come back as they are now.
    sleep();
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(workers), (Size{.desired = 3, .min = 1, .max = 5, .suspended = own}));
    EXPECT_EQ(size(api), (Size{.desired = 4, .min = 2, .max = 6}));
    EXPECT_EQ(size(nodes), (Size{.desired = 3, .min = 1, .max = 4}));
}

TEST_F(Hands, WhileNobodyIsThereTheSameHoldsAndItStaysAwake) {
    sleep();
    by_hand(workers, [](Size& it) { it.min = 1, it.desired = 2, it.max = 3; });
    by_hand(api, [](Size& it) { it.desired = 1; });
    sim.leave_and_stay_away(20min);
    EXPECT_EQ(size(workers), workers_size);
    EXPECT_EQ(size(api), (Size{.desired = 1, .min = 1, .max = 6})) << "its minimum leaves what somebody set";
    sim.kill();
    sim.boot();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(size(workers), workers_size) << "somebody woke it in this absence";
    sim.come_back_and_stay(5min);
    sleep();
}

TEST_F(Hands, WhatWasWokenBeforeThePersonLeftAgainSleepsAgain) {
    sleep();
    by_hand(workers, [](Size& it) { it.min = 1, it.desired = 2, it.max = 3; });
    sim.come_back_and_stay(20s);
    sim.order_leave();
    sim.leave_and_stay_away(5min);
    EXPECT_EQ(size(workers).desired, 0);
    sim.come_back_and_stay(5min);
    EXPECT_EQ(size(workers), workers_size);
}

TEST_F(Hands, LettingGoOutlivesAKill) {
    sleep();
    by_hand(workers, [](Size& it) { it.min = 1, it.desired = 2, it.max = 3; });
    sim.cloud.inject(Fault::denied, CallKind::wake, workers, 1);
    sim.leave_and_stay_away(5min);
    ASSERT_EQ(sim.journal.rows().at(workers).sleep_state, SleepState::letting_go);
    sim.kill();
    sim.run_for(1min);
    sim.boot();
    sim.leave_and_stay_away(20min);
    EXPECT_EQ(size(workers), workers_size);
    EXPECT_FALSE(sim.journal.rows().contains(workers) &&
                 sim.journal.rows().at(workers).sleep_state != SleepState::left_awake);
}

TEST_F(Hands, WhatCanNotBePutBackIsTriedAgain) {
    sleep();
    by_hand(api, [](Size& it) { it.desired = 3; });
    sim.cloud.inject(Fault::denied, CallKind::wake, api, 4);
    sim.come_back_and_stay(60min);
    EXPECT_EQ(size(api), api_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Hands, ABoundSetByHandStaysAndTheSizeIsFittedIntoIt) {
    sleep();
    by_hand(workers, [](Size& it) { it.max = 1; });
    by_hand(api, [](Size& it) { it.max = 2; });
    by_hand(nodes, [](Size& it) { it.max = 8; });
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(workers), (Size{.desired = 1, .min = 1, .max = 1, .suspended = own}));
    EXPECT_EQ(size(api), (Size{.desired = 2, .min = 2, .max = 2}));
    EXPECT_EQ(size(nodes), (Size{.desired = 2, .min = 1, .max = 8}));
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("its size before, 1/2/3, does not fit")));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Hands, AMaximumThatCameBackAloneIsNoReasonToLeaveAGroupAsleep) {
    sleep();
    by_hand(workers, [](Size& it) { it.max = 3; });
    sim.come_back_and_stay(5min);
    EXPECT_EQ(size(workers), workers_size);
}

TEST_F(Hands, AProcessThatSomebodyResumedOrSuspendedStaysSo) {
    sleep();
    by_hand(workers, [](Size& it) { it.suspended = (it.suspended & ~own) | 0b10; });
    sim.come_back_and_stay(5min);
    auto now = workers_size;
    now.suspended = 0b10;
    EXPECT_EQ(size(workers), now);
}

TEST_F(Hands, WhatWasStoppedByCommandKeepsItsSizesWhateverHappensToTheFile) {
    for (const auto& id : {api, nodes, workers}) sim.order_stop(id);
    sim.come_back_and_stay(10min);
    const auto file = sim.registrations;
    sim.registrations.clear();
    sim.reload();
    sim.come_back_and_stay(5min);
    sim.kill();
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.registrations = file;
    sim.reload();
    for (const auto& id : {api, nodes}) sim.order_removal(id);
    sim.come_back_and_stay(1min);
    for (const auto& id : {api, nodes}) sim.order_registration({.id = id});
    sim.come_back_and_stay(1min);
    for (const auto& id : {api, nodes, workers}) EXPECT_EQ(size(id).desired, 0) << core::to_string(id);
    for (const auto& id : {api, nodes, workers}) sim.order_start(id);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), api_size);
    EXPECT_EQ(size(nodes), nodes_size);
    EXPECT_EQ(size(workers), workers_size);
}

TEST_F(Hands, WhatIsNoLongerRegisteredIsPutBackToo) {
    sleep();
    sim.registrations.clear();
    sim.reload();
    by_hand(workers, [](Size& it) { it.min = 1, it.desired = 3, it.max = 3; });
    sim.leave_and_stay_away(10min);
    auto now = workers_size;
    now.desired = 3;
    EXPECT_EQ(size(workers), now);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), api_size);
    EXPECT_EQ(size(nodes), nodes_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Hands, AStopByCommandOfWhatSomebodyWokeKeepsTheirSize) {
    sleep();
    by_hand(workers, [](Size& it) { it.min = 1, it.desired = 4, it.max = 4; });
    sim.come_back_and_stay(5s);
    sim.order_stop(workers);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(workers).desired, 0);
    sim.order_start(workers);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(workers), (Size{.desired = 4, .min = 1, .max = 4, .suspended = own}));
}

TEST_F(Hands, AWakeThatWasRefusedThenAStopThenAStartKeepTheSize) {
    sim.order_stop(api);
    sim.come_back_and_stay(10min);
    sim.cloud.inject(Fault::lost_after_done, CallKind::wake, api, 1);
    sim.order_start(api);
    const auto calls = sim.cloud.calls().size();
    while (sim.cloud.calls().size() == calls) sim.run_for(100ms);
    sim.order_stop(api);
    sim.come_back_and_stay(10min);
    sim.cloud.inject(Fault::denied, CallKind::wake, api, 1);
    sim.order_start(api);
    sim.come_back_and_stay(5min);
    sim.order_stop(api);
    sim.come_back_and_stay(5min);
    sim.order_start(api);
    sim.come_back_and_stay(10min);
    EXPECT_EQ(size(api), api_size);
}

TEST_F(Hands, AStopDuringAWakeThatDoesNotComeAboutThenAStartKeepTheSize) {
    sleep();
    sim.cloud.inject(Fault::fizzles, CallKind::wake, nodes, 1);
    sim.type();
    for (int i = 0; i < 1000 && sim.cloud.truth(nodes).phase != Phase::changing; ++i) sim.run_for(100ms);
    ASSERT_EQ(sim.cloud.truth(nodes).phase, Phase::changing);
    sim.run_for(5s);  // Its answer is there.
    sim.order_stop(nodes);
    sim.come_back_and_stay(15min);
    EXPECT_EQ(size(nodes).desired, 0);
    sim.order_start(nodes);
    sim.come_back_and_stay(15min);
    EXPECT_EQ(size(nodes), nodes_size);
}

}  // namespace
}  // namespace doze::sim::hands_test
