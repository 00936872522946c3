// What doze asks of AWS: many people share the quota of one account.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::quota_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

const Region east("us-east-1");

core::ResourceId instance(int number) {
    return core::ec2(east, InstanceId(fmt::format("i-{:017x}", number)));
}

TEST(Quota, OnlyWhatIsRegisteredIsAskedAboutAndNothingIsListedUnasked) {
    Simulation sim{1};
    for (int i = 0; i < 300; ++i) sim.add(instance(i), {.desired = 1}, i < 2);
    sim.boot();
    sim.come_back_and_stay(60min);
    EXPECT_EQ(sim.cloud.lists(), 0);
    EXPECT_GE(sim.cloud.describes(), 11);
    EXPECT_LE(sim.cloud.describes(), 14) << "one call each five minutes, for both";
    EXPECT_EQ(sim.cloud.descriptions(), 2 * sim.cloud.describes());
}

TEST(Quota, TwoPeopleWhoStartTogetherDoNotAskTogether) {
    const auto rounds = [](std::uint64_t seed) {
        Simulation sim{1};
        sim.seed = seed;
        sim.add(instance(1), {.desired = 1});
        sim.boot();
        std::vector<core::Duration> between;
        auto next = sim.state().next_round;
        for (int i = 0; i < 20; ++i) {
            sim.run_until(next);
            between.push_back(sim.state().next_round - next);
            next = sim.state().next_round;
        }
        return between;
    };
    const auto one = rounds(1);
    const auto other = rounds(2);
    EXPECT_EQ(one, rounds(1)) << "the core draws nothing";
    int near = 0;
    core::Duration apart{0};
    for (std::size_t i = 0; i < one.size(); ++i) {
        EXPECT_GE(one[i], 270s);
        EXPECT_LE(one[i], 330s);
        apart += one[i] - other[i];
        if (std::chrono::abs(apart) < 2s) ++near;
    }
    EXPECT_LE(near, 4);
}

/// Describes while `count` of a kind go to sleep and wake, for each that one call for each batch every 15 s would take.
double excess(Simulation& sim, core::Kind kind, int count) {
    const auto batches = static_cast<int>((static_cast<std::size_t>(count) + core::info(kind).described_at_once - 1) /
                                          core::info(kind).described_at_once);
    sim.run_for(30min - 1s);  // Up to the absence.
    const auto before = sim.cloud.describes();
    const auto began = sim.clock.boot();
    while (sim.journal.rows().size() < static_cast<std::size_t>(count) ||
           std::ranges::any_of(sim.journal.rows(),
                               [](const auto& row) { return row.second.sleep_state != core::SleepState::asleep; }))
        sim.run_for(3s);
    const double took = std::chrono::duration<double>(sim.clock.boot() - began).count();
    return (sim.cloud.describes() - before) / (batches * took / 15);
}

TEST(Quota, WhatIsOnItsWayIsAskedAboutInFewCalls) {
    struct Case {
        core::Kind kind;
        int count;
        fakes::AwsPace pace;
    };
    const fakes::Range minutes{2min, 6min};
    for (const auto& [kind, count, pace] : std::vector<Case>{{core::Kind::ec2, 1, {.ec2_stop = {60s, 90s}}},
                                                             {core::Kind::ec2, 30, {.ec2_stop = {20s, 90s}}},
                                                             {core::Kind::ec2, 250, {.ec2_stop = {20s, 120s}}},
                                                             {core::Kind::rds, 20, {.ec2_stop = minutes}},
                                                             {core::Kind::eks, 12, {.eks_update = minutes}}}) {
        Simulation sim{7, {.answer = {10ms, 20s}, .aws = pace}};
        for (int i = 0; i < count; ++i) {
            const auto name = fmt::format("n{}", i);
            if (kind == core::Kind::ec2) sim.add(instance(i), {.desired = 1});
            if (kind == core::Kind::rds) sim.add(core::rds(east, DatabaseName(name)), {.desired = 1});
            if (kind == core::Kind::eks)
                sim.add(core::eks(east, ClusterName("c"), NodegroupName(name)), {.desired = 2, .min = 1, .max = 4});
        }
        sim.settings.check_interval = 60min;
        sim.boot();
        const auto times = excess(sim, kind, count);
        RecordProperty(fmt::format("{}_{}", core::to_string(kind), count), fmt::format("{:.2f}", times));
        EXPECT_LE(times, 2) << count << " " << core::to_string(kind);
        EXPECT_THAT(sim.violations(), IsEmpty());
    }
}

TEST(Quota, WhatTakesForHoursIsAskedAboutEverMoreSeldom) {
    Simulation sim{3, {.aws = {.ec2_stop = {10h, 10h}}}};
    sim.add(core::rds(east, DatabaseName("large")), {.desired = 1});
    sim.boot();
    sim.leave_and_stay_away(31min);
    const auto before = sim.cloud.describes();
    sim.leave_and_stay_away(9h);
    EXPECT_LE(sim.cloud.describes() - before, 50 + 9 * 24) << "15 s for ten minutes, then five minutes, and the rounds";
}

TEST(Quota, AListAsksWhereWhatIsKnownIsTooOldAndOnlyThere) {
    Simulation sim{1};
    sim.add(instance(1), {.desired = 1}, false);
    sim.boot();
    sim.type();
    const auto list = [&](core::Duration max_age) {
        const auto before = sim.cloud.lists();
        sim.post(
            core::ListRequested{.request = sim.new_order(), .kind = core::Kind::ec2, .region = {}, .max_age = max_age});
        sim.run_for(10s);
        return sim.cloud.lists() - before;
    };
    EXPECT_EQ(list(5min), 2) << "both regions, which nobody has seen";
    EXPECT_EQ(list(5min), 0);
    sim.run_for(6min);
    EXPECT_EQ(list(10min), 0);
    EXPECT_EQ(list(5min), 2);
    EXPECT_EQ(list(0s), 2);
    sim.run_for(6min);
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::list, std::nullopt, 100);
    EXPECT_EQ(list(5min), 2);
    EXPECT_EQ(list(5min), 0) << "it has just failed";
    EXPECT_EQ(list(0s), 2);
    sim.run_for(1min);
    EXPECT_EQ(list(5min), 2);
}

TEST(Quota, OneCauseIsToldOnceForAllThatIsLookedAt) {
    Simulation sim{1};
    for (int i = 0; i < 50; ++i) sim.add(instance(i), {.desired = 1});
    sim.boot();
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::describe, std::nullopt, fakes::SimulatedCloud::always);
    sim.come_back_and_stay(30min);
    EXPECT_EQ(std::ranges::count_if(sim.lines(), [](const auto& line) { return line.find("looking at") != line.npos; }),
              1);
}

// States that do not pass, and what AWS does not have.

const auto orders = core::rds(east, DatabaseName("orders"));

TEST(Stuck, IsToldOnceInAnAbsenceAndNotAskedAboutEvery15Seconds) {
    Simulation sim{1};
    sim.add(orders, {.desired = 1});
    sim.cloud.set_stuck(orders, true);
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.leave_and_stay_away(35min);
    const auto before = sim.cloud.describes();
    sim.leave_and_stay_away(60min);
    EXPECT_LE(sim.cloud.describes() - before, 14);
    EXPECT_EQ(
        std::ranges::count_if(sim.lines(), [](const auto& line) { return line.find("stays awake") != line.npos; }), 1);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("is failed, a state that does not pass by itself. Restore it from")));
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.cloud.set_stuck(orders, false);
    sim.leave_and_stay_away(20min);
    EXPECT_EQ(sim.cloud.truth(orders).phase, Phase::asleep) << "somebody mended it";
    sim.come_back_and_stay(10min);
    EXPECT_EQ(sim.cloud.truth(orders).phase, Phase::awake);
}

TEST(Stuck, RefusesWhatAPersonOrders) {
    Simulation sim{1};
    sim.add(orders, {.desired = 1});
    sim.cloud.set_stuck(orders, true);
    sim.boot();
    const auto stop = sim.order_stop(orders);
    const auto start = sim.order_start(orders);
    sim.come_back_and_stay(1min);
    for (const auto order : {stop, start}) {
        if (order == stop) continue;  // Overtaken by the start.
        ASSERT_FALSE(sim.replies().at(order));
        EXPECT_THAT(sim.replies().at(order).error().text(),
                    HasSubstr("does not pass by itself. Restore it from a backup."));
    }
    const auto again = sim.order_stop(orders);
    sim.come_back_and_stay(1min);
    EXPECT_FALSE(sim.replies().at(again));
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST(Stuck, WhatDoesNotComeUpIsToldAndStaysOwed) {
    Simulation sim{1};
    sim.add(orders, {.desired = 1});
    sim.boot();
    sim.leave_and_stay_away(60min);
    ASSERT_EQ(sim.cloud.truth(orders).phase, Phase::asleep);
    sim.cloud.set_stuck(orders, true);
    sim.come_back_and_stay(20min);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("orders can't be woken now. rds:us-east-1:orders is failed")));
    EXPECT_FALSE(sim.journal.rows().empty());
    sim.cloud.set_stuck(orders, false);
    sim.come_back_and_stay(20min);
    EXPECT_EQ(sim.cloud.truth(orders).phase, Phase::awake);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST(Missing, IsToldOnceAndCountsAsTrouble) {
    Simulation sim{1};
    sim.registrations.push_back({.id = orders});
    sim.boot();
    sim.come_back_and_stay(60min);
    const auto told = [&] {
        return std::ranges::count_if(sim.lines(), [](const auto& line) {
            return line.find("AWS has no such RDS instance in us-east-1") != line.npos;
        });
    };
    EXPECT_EQ(told(), 1);
    sim.add(orders, {.desired = 1}, false);
    sim.come_back_and_stay(10min);
    sim.cloud.terminate(orders, false);
    sim.come_back_and_stay(60min);
    EXPECT_EQ(told(), 2) << "it was there in between";
}

// Starts that AWS can't do now, and hibernations.

TEST(Orders, ToStartGoOnWhereAwsHasNoRoom) {
    Simulation sim{1};
    const auto web = sim.add(instance(1), {.desired = 0});
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.cloud.inject(fakes::Fault::capacity, fakes::CallKind::wake, web, 3);
    const auto start = sim.order_start(web);
    sim.come_back_and_stay(2min);
    ASSERT_FALSE(sim.replies().at(start));
    EXPECT_GE(sim.cloud.calls().size(), 2U) << "a second call within two minutes";
    sim.come_back_and_stay(20min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::awake);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
    EXPECT_THAT(sim.violations(), IsEmpty());
}

TEST(Wakes, ThatFallBackUnseenAreToldAfterAMinute) {
    Simulation sim{1, {.aws = {.ec2_start = {1ms, 1ms}}}};
    const auto web = sim.add(instance(1), {.desired = 1});
    sim.boot();
    sim.leave_and_stay_away(60min);
    ASSERT_EQ(sim.cloud.truth(web).phase, Phase::asleep);
    sim.cloud.inject(fakes::Fault::fizzles, fakes::CallKind::wake, web, 1);
    sim.come_back_and_stay(67s);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("did not start")));
    sim.come_back_and_stay(10min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::awake);
}

TEST(Orders, ToStartEndWhereOnlyAPersonCanHelp) {
    Simulation sim{1};
    const auto web = sim.add(instance(1), {.desired = 0});
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.cloud.inject(fakes::Fault::denied, fakes::CallKind::wake, web, 1);
    const auto start = sim.order_start(web);
    sim.come_back_and_stay(60min);
    ASSERT_FALSE(sim.replies().at(start));
    EXPECT_EQ(sim.cloud.calls().size(), 1U);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

class Hibernation : public testing::Test {
   protected:
    Hibernation() {
        sim.add(web, {.desired = 1});
        sim.registrations.front().hibernate = true;
        sim.cloud.set_can_hibernate(web);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    [[nodiscard]] std::string ways() const {
        std::string all;
        for (const auto& call : sim.cloud.calls()) all += call.hibernate ? 'h' : 's';
        return all;
    }

    Simulation sim{1};
    const core::ResourceId web = instance(1);
};

TEST_F(Hibernation, ThatIsNotReadyYetIsTriedAgain) {
    sim.cloud.inject(fakes::Fault::not_ready, fakes::CallKind::sleep, web, 3);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(ways(), "hhhh");
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("can't be hibernated yet; doze tries again for 5 min")));
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::asleep);
}

TEST_F(Hibernation, ThatIsNeverReadyBecomesAStopWhichIsTold) {
    sim.cloud.inject(fakes::Fault::not_ready, fakes::CallKind::sleep, web, fakes::SimulatedCloud::always);
    sim.leave_and_stay_away(33min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::awake) << "some minutes are worth what is in its memory";
    sim.leave_and_stay_away(10min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::asleep);
    EXPECT_THAT(ways(), testing::MatchesRegex("h{5,15}s"));
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("is stopped instead of hibernated, so what is in its memory is lost")));
}

TEST_F(Hibernation, ThatIsImpossibleBecomesAStopAtOnce) {
    sim.cloud.inject(fakes::Fault::not_hibernated, fakes::CallKind::sleep, web, fakes::SimulatedCloud::always);
    sim.leave_and_stay_away(33min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::asleep);
    EXPECT_EQ(ways(), "hs");
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("is stopped instead of hibernated")));
}

}  // namespace
}  // namespace doze::sim::quota_test
