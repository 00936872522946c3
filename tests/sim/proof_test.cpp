// One answer is no proof: what AWS does not find, or shows otherwise than doze left it, is believed when it lasts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::proof_test {
namespace {

using namespace std::chrono_literals;
using core::Initiator;
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
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));
const core::ResourceId scaled = core::ecs(east, ClusterName("dev"), ServiceName("scaled"));
const core::ResourceId nodes = core::eks(east, ClusterName("dev"), NodegroupName("nodes"));
const core::ResourceId workers = core::asg(east, GroupName("workers"));
const core::ResourceId orders = core::rds(east, DatabaseName("orders"));
const core::ResourceId ledger = core::rds_cluster(east, DatabaseName("ledger"));

const std::map<core::ResourceId, Size> everything{
    {web, {.desired = 1}},
    {api, {.desired = 3}},
    {scaled, {.desired = 3, .min = 2, .max = 6, .suspended = 0b010}},
    {nodes, {.desired = 2, .min = 1, .max = 4}},
    {workers, {.desired = 2, .min = 1, .max = 4, .suspended = 0b001}},
    {orders, {.desired = 1}},
    {ledger, {.desired = 1}},
};

class Proof : public testing::Test {
   protected:
    Proof() {
        for (const auto& [id, size] : everything) sim.add(id, size);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Proof() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
        if (!HasFailure()) return;
        for (const auto& line : sim.lines()) ADD_FAILURE() << line;
    }

    /// Nothing is found, or everything is shown as it was before.
    void answer_wrongly(Fault fault, core::Duration span = 45s) {
        sim.cloud.inject_for(fault, CallKind::describe, std::nullopt, span);
        if (fault == Fault::empty) sim.cloud.inject_for(fault, CallKind::list, std::nullopt, span);
    }

    void expect_as_it_was() {
        for (const auto& [id, size] : everything) EXPECT_EQ(sim.cloud.truth(id).size, size) << core::to_string(id);
        EXPECT_THAT(sim.journal.rows(), IsEmpty());
        EXPECT_THAT(sim.lines(), Not(Contains(HasSubstr("forgets"))));
        EXPECT_THAT(sim.lines(), Not(Contains(HasSubstr("somebody"))));
    }

    [[nodiscard]] Phase phase(const core::ResourceId& id) { return sim.cloud.truth(id).phase; }
    [[nodiscard]] Size size(const core::ResourceId& id) { return sim.cloud.truth(id).size; }
    [[nodiscard]] const core::JournalEntry* row(const core::ResourceId& id) const {
        const auto found = sim.journal.rows().find(id);
        return found == sim.journal.rows().end() ? nullptr : &found->second;
    }

    Simulation sim{1};
};

class WrongAnswers : public Proof, public testing::WithParamInterface<Fault> {};

TEST_P(WrongAnswers, AtTheReturnCostNothing) {
    sim.leave_and_stay_away(60min);
    answer_wrongly(GetParam());
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_P(WrongAnswers, WhileEverythingSleepsCostNothing) {
    sim.leave_and_stay_away(50min);
    for (int i = 0; i < 30; ++i) {
        answer_wrongly(GetParam());
        sim.leave_and_stay_away(150s);
    }
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_P(WrongAnswers, OnTheWayDownCostNothing) {
    while (phase(web) == Phase::awake) sim.run_for(1s);
    answer_wrongly(GetParam());
    sim.leave_and_stay_away(20min);
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_P(WrongAnswers, OnTheWayUpCostNothing) {
    sim.leave_and_stay_away(60min);
    sim.type();
    while (phase(web) == Phase::asleep) sim.run_for(1s);
    answer_wrongly(GetParam());
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_P(WrongAnswers, AfterARestartCostNothing) {
    for (const auto asleep : {true, false}) {
        sim.leave_and_stay_away(60min);
        if (!asleep) {
            sim.type();
            sim.run_for(500ms);
        }
        sim.kill();
        answer_wrongly(GetParam());
        sim.boot();
        sim.come_back_and_stay(15min);
        expect_as_it_was();
    }
}

TEST_P(WrongAnswers, CostAPersonNothingOfWhatTheyStopped) {
    for (const auto& [id, size] : everything) sim.order_stop(id);
    sim.come_back_and_stay(10min);
    answer_wrongly(GetParam());
    sim.reload();
    sim.come_back_and_stay(20min);
    answer_wrongly(GetParam());
    for (const auto& [id, size] : everything) sim.order_start(id);
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_P(WrongAnswers, CostNothingOfWhatIsNoLongerRegistered) {
    sim.leave_and_stay_away(60min);
    sim.registrations.clear();
    sim.reload();
    answer_wrongly(GetParam());
    sim.leave_and_stay_away(10min);
    answer_wrongly(GetParam());
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

INSTANTIATE_TEST_SUITE_P(All, WrongAnswers, testing::Values(Fault::empty, Fault::old),
                         [](const auto& each) { return each.param == Fault::empty ? "Empty" : "Old"; });

TEST_F(Proof, AHealthyReturnWaitsForNoProof) {
    sim.leave_and_stay_away(60min);
    sim.type();
    sim.run_for(5s);
    EXPECT_NE(phase(web), Phase::asleep);
    EXPECT_EQ(size(workers), everything.at(workers));
}

TEST_F(Proof, WhatIsSaidToBeGoneIsToldAtOnce) {
    sim.leave_and_stay_away(60min);
    for (const auto& [id, size] : everything) sim.cloud.terminate(id);
    sim.type();
    sim.run_for(5s);
    for (const auto& [id, size] : everything)
        EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(id) + " is no longer there")));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Proof, WhatIsNotFoundForAMinuteIsALoss) {
    sim.leave_and_stay_away(60min);
    for (const auto& [id, size] : everything) sim.cloud.terminate(id, false);
    sim.type();
    sim.run_for(55s);
    EXPECT_EQ(sim.journal.rows().size(), everything.size());
    sim.run_for(45s);
    for (const auto& [id, size] : everything)
        EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(id) + " is no longer there")));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
    const auto& told = sim.journal.lines();
    EXPECT_EQ(std::ranges::count_if(told, [](const auto& line) { return line.what.level == core::Level::warning; }),
              static_cast<std::ptrdiff_t>(everything.size()));
}

TEST_F(Proof, ALossIsAlsoToldWhileNobodyIsThere) {
    sim.leave_and_stay_away(60min);
    sim.cloud.terminate(orders, false);
    sim.leave_and_stay_away(8min);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(orders) + " is no longer there")));
}

TEST_F(Proof, AnOrderAboutWhatIsNotFoundOnceIsCarriedOut) {
    sim.leave_and_stay_away(60min);
    answer_wrongly(Fault::empty, 10s);
    const auto start = sim.order_start(scaled);
    sim.leave_and_stay_away(5min);
    EXPECT_EQ(size(scaled), everything.at(scaled));
    ASSERT_TRUE(sim.replies().contains(start));
    EXPECT_TRUE(sim.replies().at(start));
}

TEST_F(Proof, AnotherServiceUnderTheNameIsNotWoken) {
    sim.leave_and_stay_away(60min);
    sim.cloud.make_anew(api, {.desired = 0});
    sim.cloud.make_anew(workers, {.desired = 0, .min = 0, .max = 4});
    sim.come_back_and_stay(15min);
    EXPECT_EQ(size(api), Size{.desired = 0});
    EXPECT_EQ(size(workers), (Size{.desired = 0, .min = 0, .max = 4}));
    EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(api) + " was deleted, and another one")));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(Proof, AnInstanceThatWasShutDownFromInsideStaysStopped) {
    sim.leave_and_stay_away(60min);
    sim.kill();
    ASSERT_TRUE(sim.cloud.start_by_hand(web));
    sim.run_for(5min);
    sim.cloud.shut_down_from_inside(web);
    sim.run_for(5min);
    sim.boot();
    sim.come_back_and_stay(15min);
    EXPECT_EQ(phase(web), Phase::asleep);
    EXPECT_EQ(row(web), nullptr);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(web) + " was changed by somebody else")));
}

TEST_F(Proof, AStopThatTheClientSaidTwiceIsDozes) {
    for (const auto& id : {orders, ledger, nodes}) sim.cloud.inject(Fault::repeated, CallKind::sleep, id);
    sim.leave_and_stay_away(60min);
    for (const auto& [id, size] : everything) EXPECT_EQ(phase(id), Phase::asleep) << core::to_string(id);
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_F(Proof, AnOldAnswerAboutTheStopItselfIsCorrected) {
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(5min);
    while (phase(web) != Phase::asleep) sim.run_for(1s);
    const auto now = sim.cloud.truth(web);
    sim.leave_and_stay_away(10min);
    ASSERT_NE(row(web), nullptr);
    EXPECT_EQ(row(web)->left_changed_at, now.changed_at);
}

TEST_F(Proof, AStopByAnotherPersonIsToldAtOnce) {
    ASSERT_TRUE(sim.cloud.stop_by_hand(web));
    ASSERT_TRUE(sim.cloud.resize_by_hand(api, {.desired = 0}));
    sim.come_back_and_stay(6min);
    for (const auto& id : {web, api})
        EXPECT_THAT(sim.lines(),
                    Contains(HasSubstr(core::to_string(id) + " was stopped by somebody else while you are here")));
    sim.order_stop(orders);
    sim.come_back_and_stay(12min);
    EXPECT_THAT(sim.lines(), Not(Contains(HasSubstr(core::to_string(orders) + " was stopped by somebody else"))));
}

/// The stop was carried out, its answer was lost, and AWS shows for a while what was before.
TEST_F(Proof, AStopWithoutAnAnswerIsWaitedForBeforeItsRowIsClosed) {
    for (const auto& [id, size] : everything) {
        sim.cloud.inject(Fault::lost_after_done, CallKind::sleep, id);
        sim.order_leave();
        const auto is_unanswered = [&, &id = id] { return sim.state().tracked.at(id).calls.may_have_happened(); };
        for (int i = 0; i < 1000 && !is_unanswered(); ++i) sim.run_for(100ms);
        ASSERT_TRUE(is_unanswered());
        answer_wrongly(Fault::old, 30s);
        sim.come_back_and_stay(20s);
        EXPECT_NE(row(id), nullptr) << core::to_string(id) << ": it may sleep";
        sim.come_back_and_stay(20min);
        expect_as_it_was();
    }
}

/// The answer of the stop was lost, the next one is refused, and AWS shows for a while what was before.
TEST_F(Proof, ARefusalDoesNotUndoAStopWithoutAnAnswer) {
    for (const auto& id : {api, nodes, workers}) {
        sim.cloud.inject(Fault::lost_after_done, CallKind::sleep, id);
        sim.cloud.inject(Fault::denied, CallKind::sleep, id);
        sim.order_leave();
        for (int i = 0; i < 1000 && !sim.state().tracked.at(id).calls.may_have_happened(); ++i) sim.run_for(100ms);
        answer_wrongly(Fault::old, 40s);
        for (int i = 0; i < 400 && !sim.state().tracked.at(id).calls.given_up; ++i) sim.run_for(100ms);
        sim.leave_and_stay_away(20min);
        sim.cloud.clear_faults();
        sim.come_back_and_stay(20min);
        expect_as_it_was();
    }
}

/// The wake never arrived, and AWS shows for a while what was before the sleep.
TEST_F(Proof, AnOldAnswerIsNoWake) {
    for (const auto& id : {api, scaled, nodes, workers, orders}) {
        sim.leave_and_stay_away(60min);
        sim.cloud.inject(Fault::lost, CallKind::wake, id);
        sim.type();
        for (int i = 0; i < 1000 && !sim.state().tracked.at(id).calls.may_have_happened(); ++i) sim.run_for(100ms);
        ASSERT_TRUE(sim.state().tracked.at(id).calls.may_have_happened());
        sim.cloud.inject_for(Fault::old, CallKind::describe, id, 45s);
        sim.come_back_and_stay(20min);
        expect_as_it_was();
    }
}

/// Right after a wake an answer may show what slept: the next absence is not settled by it.
TEST_F(Proof, WhatIsShownAsleepRightAfterItsWakeSleepsInTheNextAbsence) {
    for (const auto& id : {web, api, nodes, workers}) {
        sim.leave_and_stay_away(60min);
        sim.type();
        for (int i = 0; i < 6000 && row(id) != nullptr; ++i) sim.run_for(100ms);
        ASSERT_EQ(row(id), nullptr);
        sim.cloud.inject_for(Fault::old, CallKind::describe, id, 20s);
        sim.order_leave();
        sim.leave_and_stay_away(20min);
        EXPECT_EQ(phase(id), Phase::asleep) << core::to_string(id);
        sim.come_back_and_stay(20min);
        expect_as_it_was();
    }
}

/// A stop that AWS took, of a database that then fails: its row is kept.
TEST_F(Proof, AStateThatDoesNotPassEndsNoSleepThatMayStillCome) {
    sim.order_leave();
    for (int i = 0; i < 100 && !sim.state().tracked.at(orders).calls.is_accepted(); ++i) sim.run_for(100ms);
    sim.cloud.set_stuck(orders, true);
    sim.leave_and_stay_away(10min);
    EXPECT_NE(row(orders), nullptr);
    sim.cloud.set_stuck(orders, false);
    sim.come_back_and_stay(20min);
    EXPECT_EQ(phase(orders), Phase::awake);
}

TEST_F(Proof, ASleepIsNotMadeOfAnOldAnswer) {
    sim.leave_and_stay_away(60min);
    sim.come_back_and_stay(20s);
    answer_wrongly(Fault::old, 30s);  // The wake has come halfway, say these.
    sim.order_leave();
    sim.leave_and_stay_away(20min);
    for (const auto& [id, size] : everything) EXPECT_EQ(phase(id), Phase::asleep) << core::to_string(id);
    sim.come_back_and_stay(15min);
    for (const auto& [id, size] : everything) EXPECT_EQ(sim.cloud.truth(id).size, size) << core::to_string(id);
}

}  // namespace
}  // namespace doze::sim::proof_test
