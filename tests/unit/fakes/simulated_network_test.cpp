// What lies between doze and the simulated AWS: crashes, failures, latency, staleness, the log of calls.
#include <map>
#include <utility>
#include <variant>

#include "simulated_cloud_fixture.hpp"

namespace doze::fakes {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

TEST_F(SimulatedCloudTest, CompletesAcceptedCallsOfAProcessThatDied) {
    sleep(instance);  // Still on its way.
    pass(50ms);
    cloud_.drop_pending();
    pass(30s);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_THAT(outcomes_, IsEmpty());

    wake(instance, {.desired = 1});
    pass(200ms);  // Accepted, the answer is on its way.
    cloud_.drop_pending();
    pass(30s);
    EXPECT_EQ(phase(instance), Phase::awake);
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(cloud_.next_event(), std::nullopt);
}

TEST_F(SimulatedCloudTest, AnswersTheNextProcess) {
    sleep(instance);
    cloud_.drop_pending();
    sleep(service);
    pass(1s);
    EXPECT_THAT(outcomes_, SizeIs(1));
}

TEST_F(SimulatedCloudTest, FailsAsOrdered) {
    const std::map<Fault, std::pair<ErrorCode, Recovery>> faults = {
        {Fault::throttled, {ErrorCode::throttled, Recovery::retry}},
        {Fault::denied, {ErrorCode::access_denied, Recovery::tell}},
        {Fault::capacity, {ErrorCode::aws_error, Recovery::capacity}},
        {Fault::lost, {ErrorCode::aws_error, Recovery::retry}},
    };
    for (const auto& [fault, expected] : faults) {
        outcomes_.clear();
        cloud_.inject(fault, CallKind::sleep, instance);
        sleep(instance);
        pass(15s);
        ASSERT_FALSE(outcomes_.at(0).accepted);
        EXPECT_EQ(outcomes_[0].error.code, expected.first);
        EXPECT_EQ(outcomes_[0].error.recovery, expected.second);
        EXPECT_EQ(phase(instance), Phase::awake);
        EXPECT_FALSE(cloud_.calls().back().accepted);
    }
    sleep(instance);
    pass(1s);
    EXPECT_TRUE(outcomes_.at(1).accepted);
}

TEST_F(SimulatedCloudTest, LosesAnAnswerOfACallThatWasDone) {
    cloud_.inject(Fault::lost_after_done, CallKind::sleep);
    sleep(instance);
    pass(9s);
    EXPECT_EQ(phase(instance), Phase::falling_asleep);
    EXPECT_THAT(outcomes_, IsEmpty());
    pass(2s);
    ASSERT_FALSE(outcomes_.at(0).accepted);
    EXPECT_EQ(outcomes_[0].error.recovery, Recovery::retry);
    EXPECT_TRUE(cloud_.calls().back().accepted);
}

TEST_F(SimulatedCloudTest, AcceptsAndDoesNotDeliver) {
    ASSERT_TRUE(cloud_.stop_by_hand(instance));
    ASSERT_TRUE(cloud_.resize_by_hand(service, {.desired = 0}));
    ASSERT_TRUE(cloud_.resize_by_hand(nodegroup, {.desired = 0, .min = 0}));
    pass(60s);
    cloud_.inject(Fault::fizzles, CallKind::wake, std::nullopt, 3);
    wake(instance, {.desired = 1});
    wake(service, {.desired = 3});
    wake(nodegroup, awake_group);
    pass(1s);
    EXPECT_THAT(outcomes_, SizeIs(3));
    EXPECT_THAT(outcomes_, testing::Each(testing::Field(&Answer::accepted, true)));
    EXPECT_EQ(phase(instance), Phase::waking);
    pass(60s);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_EQ(cloud_.truth(instance).reason, "Server.InsufficientInstanceCapacity");
    EXPECT_EQ(cloud_.truth(service).running, 0);
    EXPECT_FALSE(cloud_.truth(service).settled);
    EXPECT_EQ(cloud_.truth(nodegroup).size.desired, 0);

    wake(service, {.desired = 3});
    pass(60s);
    EXPECT_TRUE(cloud_.truth(service).settled);
}

TEST_F(SimulatedCloudTest, PutsTheFaultOfOneResourceBeforeTheFaultOfAny) {
    cloud_.inject(Fault::throttled, CallKind::describe, std::nullopt, SimulatedCloud::always);
    cloud_.inject(Fault::denied, CallKind::describe, service);
    std::vector<ErrorCode> codes;
    const auto note = [&](const core::ResourceId&, const Result<core::Observation>& seen) {
        codes.push_back(seen ? ErrorCode::internal : seen.error().code);
    };
    cloud_.describe({service, instance, service}, core::Depth::usual, note);
    pass(1s);
    EXPECT_THAT(codes, ElementsAre(ErrorCode::access_denied, ErrorCode::throttled, ErrorCode::throttled));
    cloud_.clear_faults();
    EXPECT_EQ(describe(service).size.desired, 3);
    EXPECT_EQ(cloud_.descriptions(), 4);
}

TEST_F(SimulatedCloudTest, ShowsForAWhileWhatWas) {
    auto pace = steady();
    pace.aws.stale_for = 5s;
    int stale = 0;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        FakeClock clock;
        SimulatedCloud cloud(clock, seed, pace);
        fill(cloud);
        ASSERT_TRUE(cloud.resize_by_hand(service, {.desired = 0}));
        std::vector<int> seen;
        const auto note = [&](const core::ResourceId&, const Result<core::Observation>& result) {
            seen.push_back(result.value().size.desired);
        };
        cloud.describe({service}, core::Depth::usual, note);
        cloud.advance_to(clock.boot() + 5s);
        cloud.describe({service}, core::Depth::usual, note);
        cloud.advance_to(clock.boot() + 1s);
        ASSERT_THAT(seen, SizeIs(2));
        if (seen[0] == 3) ++stale;
        EXPECT_EQ(seen[1], 0);
        EXPECT_EQ(cloud.truth(service).size.desired, 0);
    }
    EXPECT_GT(stale, 0);
}

TEST_F(SimulatedCloudTest, SurveysOneKindInOneRegion) {
    cloud_.add(core::ec2(Region("eu-west-1"), InstanceId("i-0def5678")), {.desired = 1});
    cloud_.add(core::ecs(region, ClusterName("web"), ServiceName("worker")), {.desired = 0});
    std::vector<core::Listing> listings;
    for (const auto kind : {core::Kind::ec2, core::Kind::ecs, core::Kind::eks}) {
        cloud_.list(kind, region,
                    [&](const Result<core::Listing>& items, const AccountId&) { listings.push_back(items.value()); });
    }
    pass(1s);
    ASSERT_THAT(listings, SizeIs(3));
    const auto& instances = std::get<std::vector<core::Ec2Instance>>(listings[0]);
    ASSERT_THAT(instances, SizeIs(1));
    EXPECT_EQ(instances[0].seen.id, instance);
    const auto& clusters = std::get<std::vector<core::EcsCluster>>(listings[1]);
    ASSERT_THAT(clusters, SizeIs(1));
    EXPECT_THAT(clusters[0].services, SizeIs(2));
    EXPECT_EQ(clusters[0].running_tasks_count, 3);
    const auto& eks = std::get<std::vector<core::EksCluster>>(listings[2]);
    ASSERT_THAT(eks, SizeIs(1));
    EXPECT_EQ(eks[0].nodegroups.at(0).seen.size, awake_group);

    cloud_.inject(Fault::denied, CallKind::list);
    bool denied = false;
    cloud_.list(core::Kind::ec2, region,
                [&](const Result<core::Listing>& items, const AccountId&) { denied = !items; });
    pass(1s);
    EXPECT_TRUE(denied);
    EXPECT_EQ(cloud_.lists(), 4);
}

TEST_F(SimulatedCloudTest, ShowsGuards) {
    const core::Guard guard{.why = "The tag env=production guards it.", .by_tag = true};
    cloud_.set_guard(instance, guard);
    EXPECT_EQ(describe(instance).guard, guard);
    cloud_.set_guard(instance, std::nullopt);
    EXPECT_EQ(describe(instance).guard, std::nullopt);
    cloud_.set_guards({.production_tags = {"tier=gold"}});
    EXPECT_THAT(cloud_.guards()->production_tags, ElementsAre("tier=gold"));
}

TEST_F(SimulatedCloudTest, LogsEveryCallThatWasMade) {
    const auto began = clock_.boot();
    cloud_.sleep({{.id = instance, .size = {.desired = 1}}, {.id = service, .size = {.desired = 3}}}, outcome());
    ASSERT_THAT(cloud_.calls(), SizeIs(2));
    EXPECT_FALSE(cloud_.calls()[0].arrived);
    pass(1s);
    EXPECT_EQ(cloud_.calls()[1].id, service);
    EXPECT_EQ(cloud_.calls()[1].verb, core::Verb::sleep);
    EXPECT_EQ(cloud_.calls()[1].size.desired, 3);
    EXPECT_EQ(cloud_.calls()[1].at, began);
    EXPECT_TRUE(cloud_.calls()[1].arrived && cloud_.calls()[1].accepted);
}

TEST_F(SimulatedCloudTest, DeliversLateWhatComesDueDuringASuspend) {
    sleep(instance);
    clock_.advance(1h);
    EXPECT_EQ(phase(instance), Phase::asleep);  // It happened at its own time, not now.
    EXPECT_EQ(cloud_.truth(instance).changed_at, std::chrono::floor<std::chrono::seconds>(clock_.wall() - 1h + 100ms));
    EXPECT_THAT(outcomes_, IsEmpty());
    cloud_.run_due();
    EXPECT_THAT(outcomes_, SizeIs(1));
}

TEST_F(SimulatedCloudTest, MayBeCalledFromACallback) {
    cloud_.sleep({{.id = service}},
                 [&](const core::ResourceId&, const Result<void>&) { wake(service, {.desired = 3}); });
    pass(2s);
    EXPECT_THAT(outcomes_, SizeIs(1));
    EXPECT_EQ(cloud_.truth(service).size.desired, 3);
}

TEST_F(SimulatedCloudTest, PlaysOneSeedTheSameEachTimeAndAnotherDifferently) {
    const auto play = [](std::uint64_t seed) {
        FakeClock clock;
        SimulatedCloud cloud(clock, seed, {});
        fill(cloud);
        cloud.sleep({{.id = instance}, {.id = service}}, [](const core::ResourceId&, const Result<void>&) {});
        std::vector<core::TimePoint> moments;
        while (const auto next = cloud.next_event()) {
            moments.push_back(*next);
            cloud.advance_to(*next);
        }
        return moments;
    };
    EXPECT_EQ(play(7), play(7));
    EXPECT_NE(play(7), play(8));
}

}  // namespace
}  // namespace doze::fakes
