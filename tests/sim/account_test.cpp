// Rows and registrations belong to an account: with other credentials nothing is called, forgotten or woken.
#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>

#include "sim/simulation.hpp"

namespace doze::sim::account_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using core::Size;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Region east("us-east-1");
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::ResourceId api = core::ecs(east, ClusterName("dev"), ServiceName("api"));
const core::ResourceId workers = core::asg(east, GroupName("workers"));
const core::ResourceId orders = core::rds(Region("eu-west-1"), DatabaseName("orders"));
const Size workers_size{.desired = 2, .min = 1, .max = 4, .suspended = 0b001};

class Accounts : public testing::Test {
   protected:
    Accounts() {
        sim.add(web, {.desired = 1});
        sim.add(api, {.desired = 3});
        sim.add(workers, workers_size);
        sim.add(orders, {.desired = 1});
        // The other account has some of the same names, one of them stopped by its person.
        sim.cloud.add_elsewhere(api, {.desired = 0});
        sim.cloud.add_elsewhere(workers, {.desired = 1, .min = 1, .max = 1});
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    ~Accounts() override {
        EXPECT_EQ(sim.cloud.truth_elsewhere(api).size, Size{.desired = 0});
        EXPECT_EQ(sim.cloud.truth_elsewhere(workers).size, (Size{.desired = 1, .min = 1, .max = 1}));
        EXPECT_THAT(sim.violations(), IsEmpty());
        EXPECT_EQ(sim.journal.refused_overwrites(), 0);
    }

    void restart() {
        sim.kill();
        sim.run_for(10s);
        sim.boot();
    }
    void expect_as_it_was() {
        EXPECT_EQ(sim.cloud.truth(web).phase, Phase::awake);
        EXPECT_EQ(sim.cloud.truth(api).size, Size{.desired = 3});
        EXPECT_EQ(sim.cloud.truth(workers).size, workers_size);
        EXPECT_EQ(sim.cloud.truth(orders).phase, Phase::awake);
        EXPECT_THAT(sim.journal.rows(), IsEmpty());
    }
    [[nodiscard]] std::size_t sleeping() const {
        return static_cast<std::size_t>(std::ranges::count_if(sim.journal.rows(), [](const auto& row) {
            return row.second.sleep_state != core::SleepState::left_awake;
        }));
    }

    Simulation sim{1};
};

TEST_F(Accounts, AnotherOneAtTheReturnWakesAndForgetsNothing) {
    sim.leave_and_stay_away(60min);
    ASSERT_EQ(sleeping(), 4U);
    const auto calls = sim.cloud.calls().size();
    sim.cloud.sign_in_elsewhere(true);
    sim.come_back_and_stay(1h);
    EXPECT_EQ(sim.cloud.calls().size(), calls) << "nothing is called";
    EXPECT_EQ(sleeping(), 4U);
    EXPECT_EQ(sim.state().tracked.at(api).trouble->code, ErrorCode::other_account);
    EXPECT_THAT(sim.lines(),
                Contains(HasSubstr("It is of account 111111111111, and the credentials in use are of account "
                                   "222222222222. Of 4 resources nothing is called")));
    EXPECT_LT(sim.lines().size(), 40U) << "it is told once";
    sim.cloud.sign_in_elsewhere(false);
    sim.come_back_and_stay(5min);
    expect_as_it_was();
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("credentials of the right account are back")));
    EXPECT_FALSE(sim.state().tracked.at(api).trouble);
}

TEST_F(Accounts, AnotherOneAtTheNextStartWakesAndForgetsNothing) {
    sim.leave_and_stay_away(60min);
    sim.cloud.sign_in_elsewhere(true);
    restart();
    sim.leave_and_stay_away(60min);
    restart();
    sim.come_back_and_stay(60min);
    EXPECT_EQ(sleeping(), 4U);
    sim.cloud.sign_in_elsewhere(false);
    restart();
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_F(Accounts, AnotherOneInTheMiddleOfASleepOrAWake) {
    for (const core::Duration later : {100ms, 1000ms, 3000ms, 10000ms}) {
        sim.order_leave();
        sim.run_for(later);
        sim.cloud.sign_in_elsewhere(true);
        sim.leave_and_stay_away(30min);
        sim.cloud.sign_in_elsewhere(false);
        sim.leave_and_stay_away(30min);
        EXPECT_EQ(sim.cloud.truth(workers).size.desired, 0);
        sim.type();
        sim.run_for(later);
        sim.cloud.sign_in_elsewhere(true);
        sim.come_back_and_stay(30min);
        sim.cloud.sign_in_elsewhere(false);
        sim.come_back_and_stay(30min);
        expect_as_it_was();
    }
}

TEST_F(Accounts, WhatIsRegisteredIsNotPutToSleepInAnother) {
    sim.cloud.sign_in_elsewhere(true);
    sim.leave_and_stay_away(60min);
    restart();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(sleeping(), 0U);
    const auto order = sim.order_stop(workers);
    sim.run_for(1min);
    EXPECT_EQ(sim.replies().at(order).error().code, ErrorCode::other_account);
    EXPECT_THAT(sim.cloud.calls(), IsEmpty());
    sim.cloud.sign_in_elsewhere(false);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(sim.cloud.truth(workers).size.desired, 0) << "it goes on by itself";
    sim.come_back_and_stay(15min);
    expect_as_it_was();
}

TEST_F(Accounts, WhatIsRegisteredAnewIsThatOfTheAccountInUse) {
    sim.cloud.sign_in_elsewhere(true);
    sim.order_removal(workers);
    sim.come_back_and_stay(1min);
    sim.order_registration({.id = workers});
    sim.come_back_and_stay(10min);
    EXPECT_FALSE(sim.state().tracked.at(workers).trouble);
    sim.cloud.sign_in_elsewhere(false);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(sim.cloud.truth(workers).size, workers_size) << "this one is not registered any more";
    sim.come_back_and_stay(15min);
    sim.order_removal(workers);
    sim.come_back_and_stay(1min);
}

TEST_F(Accounts, WhatIsNotFoundInOneMayStillBeAnothers) {
    const auto idle = core::ecs(east, ClusterName("dev"), ServiceName("idle"));
    sim.cloud.add_elsewhere(idle, {.desired = 2});
    sim.registrations.push_back({.id = idle});
    sim.reload();
    sim.come_back_and_stay(10min);
    sim.cloud.sign_in_elsewhere(true);
    sim.come_back_and_stay(10min);
    EXPECT_FALSE(sim.state().tracked.at(idle).trouble);
    EXPECT_EQ(sim.state().tracked.at(idle).account.str(), "222222222222");
    sim.cloud.sign_in_elsewhere(false);
}

TEST_F(Accounts, OneThatCannotBeKnownIsNoOther) {
    sim.leave_and_stay_away(60min);
    sim.cloud.tell_account(false);
    sim.cloud.terminate(web);  // Whose absence that is nobody knows.
    sim.come_back_and_stay(30min);
    EXPECT_EQ(sleeping(), 4U);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("can't be known now")));
    sim.cloud.tell_account(true);
    sim.come_back_and_stay(15min);
    EXPECT_EQ(sim.cloud.truth(api).size, Size{.desired = 3});
    EXPECT_EQ(sim.cloud.truth(workers).size, workers_size);
    EXPECT_THAT(sim.journal.rows(), IsEmpty()) << "and now it is known to be gone";
}

/// Where nobody ever tells whose the credentials are, all is as without accounts.
TEST_F(Accounts, NeverKnownHindersNothing) {
    Simulation other{2};
    other.cloud.tell_account(false);
    other.add(api, {.desired = 3});
    other.boot();
    other.come_back_and_stay(5min);
    other.leave_and_stay_away(60min);
    EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 0});
    other.come_back_and_stay(15min);
    EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 3});
    EXPECT_THAT(other.lines(), Each(Not(HasSubstr("account"))));
}

/// Whose the row is nobody knows, nor whose the answers are: that another account does not have it, or has one of its
/// name, proves nothing, however often it says so.
TEST_F(Accounts, WhereNobodyKnowsWhoseAnAnswerIsNothingIsForgotten) {
    for (const bool has_namesake : {false, true}) {
        Simulation other{3};
        other.cloud.tell_account(false);
        other.add(workers, workers_size, false);
        other.boot();
        other.come_back_and_stay(5min);
        other.order_stop(workers);
        other.come_back_and_stay(5min);
        ASSERT_EQ(other.journal.rows().size(), 1U);
        if (has_namesake) {
            other.run_for(1h);
            other.cloud.add_elsewhere(workers, {.desired = 0, .min = 0, .max = 1});
        }
        other.cloud.sign_in_elsewhere(true);
        other.come_back_and_stay(2h);
        EXPECT_EQ(other.journal.rows().size(), 1U);
        EXPECT_THAT(other.lines(), Not(Contains(HasSubstr("forgets"))));
        if (!has_namesake) {
            const auto order = other.order_start(workers);
            other.come_back_and_stay(5min);
            ASSERT_TRUE(other.replies().contains(order));
            EXPECT_EQ(other.replies().at(order).error().code, ErrorCode::other_account);
            // Nor does a known one that does not have it become the row's by the order.
            other.cloud.tell_account(true);
            const auto again = other.order_start(workers);
            other.come_back_and_stay(5min);
            ASSERT_TRUE(other.replies().contains(again));
            EXPECT_EQ(other.replies().at(again).error().code, ErrorCode::other_account);
            EXPECT_EQ(other.journal.rows().size(), 1U);
        }
        other.cloud.sign_in_elsewhere(false);
        other.come_back_and_stay(15min);
        other.order_start(workers);
        other.come_back_and_stay(15min);
        EXPECT_EQ(other.cloud.truth(workers).size, workers_size);
        EXPECT_THAT(other.violations(), IsEmpty());
    }
}

/// Nor does one of its name that is awake prove that somebody woke what sleeps, whether its account is known or not.
TEST_F(Accounts, AnAwakeNamesakeClosesNoRowThatKnowsNoAccount) {
    for (const bool is_away : {false, true}) {
        Simulation other{4};
        other.cloud.tell_account(false);
        other.add(api, {.desired = 3});
        other.add(workers, workers_size);
        other.cloud.add_elsewhere(api, {.desired = 3});
        other.cloud.add_elsewhere(workers, {.desired = 1, .min = 1, .max = 1});
        other.boot();
        other.come_back_and_stay(5min);
        other.leave_and_stay_away(60min);
        ASSERT_EQ(other.journal.rows().size(), 2U);
        other.cloud.sign_in_elsewhere(true);
        const auto stay = [&] { is_away ? other.leave_and_stay_away(1h) : other.come_back_and_stay(1h); };
        stay();
        EXPECT_EQ(other.journal.rows().size(), 2U);
        EXPECT_EQ(std::ranges::count_if(
                      other.lines(), [](const auto& line) { return line.find("can't be known") != std::string::npos; }),
                  1)
            << "it is told once";
        other.cloud.tell_account(true);
        stay();
        EXPECT_EQ(other.journal.rows().size(), 2U);
        EXPECT_THAT(other.lines(), Not(Contains(HasSubstr("somebody else"))));
        other.cloud.sign_in_elsewhere(false);
        other.come_back_and_stay(15min);
        EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 3});
        EXPECT_EQ(other.cloud.truth(workers).size, workers_size);
        EXPECT_THAT(other.journal.rows(), IsEmpty());
        EXPECT_THAT(other.violations(), IsEmpty());
    }
}

/// On the way to sleep: the call went out, and then the credentials are another account's.
TEST_F(Accounts, AnAwakeNamesakeIsNoProofThatASleepDidNotComeAbout) {
    for (const Size namesake : {Size{.desired = 3}, Size{.desired = 1}}) {
        Simulation other{5};
        other.cloud.tell_account(false);
        other.add(api, {.desired = 3});
        other.cloud.add_elsewhere(api, namesake);
        other.boot();
        other.come_back_and_stay(5min);
        other.order_leave();
        while (other.cloud.calls().empty()) other.run_for(100ms);
        other.run_for(2s);
        other.cloud.sign_in_elsewhere(true);
        other.run_for(5s);  // Leaving is deaf for a moment.
        other.come_back_and_stay(10min);
        EXPECT_EQ(other.journal.rows().size(), 1U);
        other.cloud.sign_in_elsewhere(false);
        other.come_back_and_stay(10min);
        EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 3});
        EXPECT_EQ(other.cloud.truth_elsewhere(api).size, namesake);
        EXPECT_THAT(other.violations(), IsEmpty());
    }
}

/// What somebody woke where nobody ever tells whose it is: its person says that it is the one.
TEST_F(Accounts, WhereNobodyKnowsWhoseItIsACommandSaysIt) {
    Simulation other{6};
    other.cloud.tell_account(false);
    other.add(api, {.desired = 3});
    other.boot();
    other.come_back_and_stay(5min);
    other.leave_and_stay_away(60min);
    ASSERT_TRUE(other.cloud.resize_by_hand(api, {.desired = 2}));
    other.come_back_and_stay(30min);
    EXPECT_EQ(other.journal.rows().size(), 1U);
    other.order_start(api);
    other.come_back_and_stay(10min);
    EXPECT_THAT(other.journal.rows(), IsEmpty());
    EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 2});
    other.leave_and_stay_away(60min);
    EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 0});
    other.come_back_and_stay(10min);
    EXPECT_EQ(other.cloud.truth(api).size, Size{.desired = 2});
}

TEST_F(Accounts, ARowOfTheVersionBeforeIsThatOfTheAccountWhereItLooksAsDozeLeftIt) {
    sim.leave_and_stay_away(60min);
    sim.kill();
    // There its namesake is at 0 as well: not told apart by anything, and not of this test.
    std::erase_if(sim.registrations, [](const auto& each) { return each.id == api; });
    ASSERT_TRUE(sim.journal.write({}, std::array{api}));
    for (auto [id, row] : std::map(sim.journal.rows())) {
        row.account = {};
        ASSERT_TRUE(sim.journal.write(std::array{row}, {}));
        ASSERT_TRUE(sim.journal.save(id, {}));
    }
    sim.cloud.sign_in_elsewhere(true);
    sim.boot();
    sim.come_back_and_stay(30min);
    EXPECT_EQ(sleeping(), 3U) << "absent, or not as it was left";
    sim.cloud.sign_in_elsewhere(false);
    sim.come_back_and_stay(15min);
    EXPECT_EQ(sim.cloud.truth(web).phase, Phase::awake);
    EXPECT_EQ(sim.cloud.truth(workers).size, workers_size);
    EXPECT_EQ(sim.cloud.truth(orders).phase, Phase::awake);
    EXPECT_THAT(sim.journal.rows(), IsEmpty());
}

}  // namespace
}  // namespace doze::sim::account_test
