// What a sleep does not keep is said before it happens.
#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/simulation.hpp"

namespace doze::sim::losses_test {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Region east("us-east-1");
const core::ResourceId web = core::ec2(east, InstanceId("i-00000000000000001"));
const core::Losses disk{.instance_store = "m5d.large"};
const core::Losses disk_and_address{.instance_store = "m5d.large", .public_address = "54.1.2.3"};
const std::string store = core::to_string(disk);
const std::string address = core::to_string(core::Losses{.public_address = "54.1.2.3"});

class Losses : public testing::Test {
   protected:
    ~Losses() override {
        EXPECT_THAT(sim.violations(), IsEmpty());
        if (!HasFailure()) return;
        for (const auto& line : sim.lines()) ADD_FAILURE() << line;
    }
    void begin(bool registered) {
        sim.add(web, {.desired = 1}, registered);
        sim.cloud.set_losses(web, disk);
        sim.boot();
        sim.come_back_and_stay(5min);
    }
    [[nodiscard]] Phase phase() { return sim.cloud.truth(web).phase; }
    [[nodiscard]] auto told() const {
        return std::ranges::count_if(sim.lines(),
                                     [](const auto& line) { return line.find(store) != std::string::npos; });
    }

    Simulation sim{1};
};

TEST_F(Losses, ALineByHandIsToldWhileThePersonIsThereAndThenSleeps) {
    begin(true);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("goes to sleep when you are away. " + store)));
    sim.come_back_and_stay(1h);
    EXPECT_EQ(told(), 1);
    sim.order_leave();
    sim.leave_and_stay_away(30min);
    EXPECT_EQ(phase(), Phase::asleep);
    sim.come_back_and_stay(10min);
}

TEST_F(Losses, WhatRegisteringToldIsNotToldAgain) {
    begin(false);
    sim.order_registration({.id = web});
    sim.come_back_and_stay(5min);
    EXPECT_EQ(told(), 1);
    EXPECT_THAT(sim.lines(), Contains(HasSubstr("is registered. " + store)));
    sim.order_leave();
    sim.leave_and_stay_away(30min);
    EXPECT_EQ(phase(), Phase::asleep);
    sim.come_back_and_stay(10min);
}

TEST_F(Losses, WhatCouldNotBeToldBeforeStaysAwakeOnce) {
    sim.add(web, {.desired = 1}, false);
    sim.cloud.set_losses(web, disk);
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.leave_and_stay_away(60min);
    sim.kill();
    sim.registrations.push_back({.id = web});
    sim.boot();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(), Phase::awake);
    EXPECT_THAT(sim.lines(),
                Contains(HasSubstr("you could not be told before what its sleep does not keep. " + store)));
    sim.kill();
    sim.boot();
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(), Phase::awake) << "a restart changes nothing of this absence";
    sim.come_back_and_stay(10min);
    sim.leave_and_stay_away(60min);
    EXPECT_EQ(phase(), Phase::asleep);
    sim.come_back_and_stay(10min);
}

TEST_F(Losses, WhatBecomesKnownInAnAbsenceIsToldWithTheWarningAfterAHold) {
    sim.add(web, {.desired = 1});
    sim.boot();
    sim.come_back_and_stay(5min);
    sim.order_snooze(2h);
    sim.leave_and_stay_away(60min);
    sim.cloud.set_losses(web, disk);
    sim.leave_and_stay_away(30min);
    EXPECT_EQ(told(), 0);
    sim.leave_and_stay_away(60min);
    EXPECT_THAT(sim.lines(), Contains(testing::AllOf(HasSubstr("No hold is on any more"), HasSubstr(store))));
    EXPECT_EQ(phase(), Phase::asleep);
    sim.come_back_and_stay(10min);
}

TEST_F(Losses, TheReplyToAStopByCommandNamesThem) {
    begin(true);
    const auto stop = sim.order_stop(web);
    sim.come_back_and_stay(1min);
    ASSERT_TRUE(sim.replies().at(stop));
    EXPECT_THAT(sim.replies().at(stop)->message, HasSubstr("is stopping. " + store));
    const auto start = sim.order_start(web);
    sim.come_back_and_stay(5min);
    EXPECT_THAT(sim.replies().at(start)->message, Not(HasSubstr(store)));
}

TEST_F(Losses, TheWarningNamesWhatIsNotKeptAlsoAfterAList) {
    begin(true);
    sim.cloud.set_losses(web, disk_and_address);
    sim.come_back_and_stay(8min);
    sim.post(core::ListRequested{.request = sim.new_order(), .kind = core::Kind::ec2, .region = std::nullopt});
    sim.run_for(10s);
    EXPECT_EQ(sim.state().tracked.at(web).seen->losses, disk_and_address);
    sim.leave_and_stay_away(26min);
    EXPECT_THAT(sim.lines(), Contains(testing::AllOf(HasSubstr("You are idle"), HasSubstr(address))));
    sim.leave_and_stay_away(30min);
    EXPECT_EQ(phase(), Phase::asleep);
    sim.come_back_and_stay(10min);
}

}  // namespace
}  // namespace doze::sim::losses_test
