// RDS starts a database again seven days after it was stopped: nobody's wish, so doze stops it again.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::restart_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto day = 24h;

const core::ResourceId orders = core::rds(Region("us-east-1"), DatabaseName("orders"));
const core::ResourceId ledger = core::rds_cluster(Region("us-east-1"), DatabaseName("ledger"));

class SevenDays : public testing::Test {
   protected:
    SevenDays() {
        sim.add(orders, {.desired = 1});
        sim.add(ledger, {.desired = 1});
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~SevenDays() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
    }

    [[nodiscard]] Phase phase(const core::ResourceId& id) { return sim.cloud.truth(id).phase; }

    [[nodiscard]] auto stops(const core::ResourceId& id) {
        return std::ranges::count_if(sim.cloud.calls(),
                                     [&](const auto& call) { return call.id == id && call.verb == core::Verb::sleep; });
    }

    Simulation sim{1};
};

TEST_F(SevenDays, WhatAwsStartsByItselfIsStoppedAgainAndDozeSaysSo) {
    sim.leave_and_stay_away(6 * day);
    EXPECT_EQ(stops(orders), 1);
    sim.leave_and_stay_away(2 * day);
    for (const auto& id : {orders, ledger}) {
        EXPECT_EQ(phase(id), Phase::asleep);
        EXPECT_EQ(stops(id), 2);
        EXPECT_THAT(sim.lines(), Contains(HasSubstr("AWS started " + core::to_string(id) + " by itself")));
    }
    EXPECT_THAT(sim.lines(), Not(Contains(HasSubstr("by somebody else"))));
    sim.come_back_and_stay(15min);
    for (const auto& id : {orders, ledger}) EXPECT_EQ(phase(id), Phase::awake);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

TEST_F(SevenDays, IsCountedAfreshFromEachStop) {
    sim.leave_and_stay_away(15 * day);
    EXPECT_EQ(phase(orders), Phase::asleep);
    EXPECT_EQ(stops(orders), 3);
    sim.come_back_and_stay(15min);
    EXPECT_EQ(phase(orders), Phase::awake);
}

TEST_F(SevenDays, IsRememberedOverARestartOfDoze) {
    sim.leave_and_stay_away(2 * day);
    sim.kill();
    sim.leave_and_stay_away(6 * day);  // AWS starts them while doze does not run.
    EXPECT_EQ(phase(orders), Phase::awake);
    sim.boot();
    sim.leave_and_stay_away(1h);
    for (const auto& id : {orders, ledger}) EXPECT_EQ(phase(id), Phase::asleep);
    sim.come_back_and_stay(15min);
    for (const auto& id : {orders, ledger}) EXPECT_EQ(phase(id), Phase::awake);
}

TEST_F(SevenDays, AStartByHandIsLeftAlone) {
    sim.leave_and_stay_away(3 * day);
    ASSERT_TRUE(sim.cloud.start_by_hand(orders));
    sim.leave_and_stay_away(6 * day);
    EXPECT_EQ(phase(orders), Phase::awake);
    EXPECT_EQ(stops(orders), 1);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr(core::to_string(orders) + " was woken by somebody else")));
    EXPECT_EQ(stops(ledger), 2);
}

TEST_F(SevenDays, APersonWhoIsBackByThenKeepsWhatAwsStarted) {
    sim.leave_and_stay_away(6 * day + 23h);
    sim.come_back_and_stay(3h);
    EXPECT_EQ(phase(orders), Phase::awake);
    EXPECT_EQ(stops(orders), 1);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

}  // namespace
}  // namespace doze::sim::restart_test
