#include "fakes/simulated_cloud.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace doze::fakes {
namespace {

using namespace std::chrono_literals;
using core::Phase;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const Region region("us-east-1");
const auto instance = core::ec2(region, InstanceId("i-0abc1234"));
const auto service = core::ecs(region, ClusterName("web"), ServiceName("api"));
const auto nodegroup = core::eks(region, ClusterName("dev"), NodegroupName("workers"));
constexpr core::Size awake_group{.desired = 2, .min = 1, .max = 4};

/// Every span has one length, so that tests can say when things happen.
Pace steady() {
    return {
        .travel = {100ms, 100ms},
        .answer = {400ms, 400ms},
        .timeout = {10s, 10s},
        .aws = {.ec2_stop = {20s, 20s}, .ec2_start = {10s, 10s}, .ecs_tasks = {30s, 30s}, .eks_update = {60s, 60s}}};
}

/// What came back of one call for one resource.
struct Answer {
    bool accepted;
    Error error;
};

class SimulatedCloudTest : public testing::Test {
   protected:
    SimulatedCloudTest() { fill(cloud_); }

    static void fill(SimulatedCloud& cloud) {
        cloud.add(instance, {.desired = 1});
        cloud.add(service, {.desired = 3});
        cloud.add(nodegroup, awake_group);
    }

    void pass(core::Duration span) { cloud_.advance_to(clock_.boot() + span); }

    void sleep(const core::ResourceId& id) { cloud_.sleep({{.id = id}}, outcome()); }
    void wake(const core::ResourceId& id, const core::Size& size) {
        cloud_.wake({{.id = id, .size = size}}, outcome());
    }
    ports::Cloud::Outcome outcome() {
        return [this](const core::ResourceId&, const Result<void>& result) {
            outcomes_.push_back({.accepted = result.has_value(), .error = result ? Error{} : result.error()});
        };
    }

    /// Looks, lets a second pass, and yields what came back.
    core::Observation look(const core::ResourceId& id) {
        std::optional<core::Observation> seen;
        cloud_.look({id},
                    [&](const core::ResourceId&, const Result<core::Observation>& result) { seen = result.value(); });
        pass(1s);
        return seen.value();
    }

    Phase phase(const core::ResourceId& id) { return cloud_.truth(id).phase; }

    FakeClock clock_;
    SimulatedCloud cloud_{clock_, 1, steady()};
    std::vector<Answer> outcomes_;
};

TEST_F(SimulatedCloudTest, CallsNothingBackInline) {
    sleep(instance);
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(cloud_.next_event(), clock_.boot() + 100ms);
    pass(499ms);
    EXPECT_THAT(outcomes_, IsEmpty());
    EXPECT_EQ(cloud_.next_event(), clock_.boot() + 1ms);
    pass(1ms);
    ASSERT_THAT(outcomes_, SizeIs(1));
    EXPECT_TRUE(outcomes_[0].accepted);
    EXPECT_EQ(cloud_.next_event(), std::nullopt);
}

TEST_F(SimulatedCloudTest, TakesAnInstanceThroughStoppingToStoppedAndBack) {
    sleep(instance);
    EXPECT_EQ(phase(instance), Phase::awake);
    pass(100ms);
    EXPECT_EQ(phase(instance), Phase::falling_asleep);
    EXPECT_EQ(cloud_.truth(instance).state, "stopping");
    pass(19'999ms);
    EXPECT_EQ(phase(instance), Phase::falling_asleep);
    pass(1ms);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_EQ(cloud_.truth(instance).size.desired, 0);
    EXPECT_EQ(cloud_.truth(instance).reason, "Client.UserInitiatedShutdown");

    wake(instance, {.desired = 1});
    pass(100ms);
    EXPECT_EQ(phase(instance), Phase::waking);
    pass(10s);
    EXPECT_EQ(phase(instance), Phase::awake);
    EXPECT_EQ(cloud_.truth(instance).size.desired, 1);
    EXPECT_EQ(cloud_.truth(instance).changed_at, std::nullopt);
}

TEST_F(SimulatedCloudTest, RefusesToStartAnInstanceThatIsStopping) {
    sleep(instance);
    pass(1s);
    wake(instance, {.desired = 1});
    pass(1s);
    ASSERT_THAT(outcomes_, SizeIs(2));
    ASSERT_FALSE(outcomes_[1].accepted);
    EXPECT_EQ(outcomes_[1].error.recovery, Recovery::wait);
    EXPECT_EQ(outcomes_[1].error.aws_code, "IncorrectInstanceState");
    pass(30s);
    EXPECT_EQ(phase(instance), Phase::asleep);
}

TEST_F(SimulatedCloudTest, RefusesToStopAnInstanceThatIsPending) {
    ASSERT_TRUE(cloud_.stop_by_hand(instance));
    pass(20s);
    ASSERT_TRUE(cloud_.start_by_hand(instance));
    sleep(instance);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(0).accepted);
    EXPECT_EQ(outcomes_[0].error.recovery, Recovery::wait);
}

TEST_F(SimulatedCloudTest, AcceptsARepeatedStopAndKeepsTheTimeOfTheFirst) {
    const auto stopped_at = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    sleep(instance);
    pass(40s);
    EXPECT_EQ(cloud_.truth(instance).changed_at, stopped_at);
    sleep(instance);
    pass(1s);
    EXPECT_TRUE(outcomes_.at(1).accepted);
    EXPECT_EQ(phase(instance), Phase::asleep);
    EXPECT_EQ(cloud_.truth(instance).changed_at, stopped_at);
}

TEST_F(SimulatedCloudTest, GivesTheTimeOfAStopByHandToo) {
    sleep(instance);
    pass(30s);
    ASSERT_TRUE(cloud_.start_by_hand(instance));
    pass(30s);
    ASSERT_TRUE(cloud_.stop_by_hand(instance));
    const auto stopped_at = std::chrono::floor<std::chrono::seconds>(clock_.wall());
    pass(30s);
    EXPECT_EQ(look(instance).changed_at, stopped_at);
}

TEST_F(SimulatedCloudTest, ChangesAServiceAtOnceAndItsTasksLater) {
    sleep(service);
    pass(1s);
    auto seen = cloud_.truth(service);
    EXPECT_EQ(seen.phase, Phase::asleep);
    EXPECT_FALSE(seen.settled);
    EXPECT_EQ(seen.running, 3);
    pass(30s);
    seen = cloud_.truth(service);
    EXPECT_TRUE(seen.settled);
    EXPECT_EQ(seen.running, 0);

    wake(service, {.desired = 3});
    pass(1s);
    seen = cloud_.truth(service);
    EXPECT_EQ(seen.phase, Phase::awake);
    EXPECT_EQ(seen.size.desired, 3);
    EXPECT_FALSE(seen.settled);
    pass(30s);
    EXPECT_TRUE(cloud_.truth(service).settled);
}

TEST_F(SimulatedCloudTest, UpdatesANodegroupAndRefusesEverythingMeanwhile) {
    cloud_.sleep({{.id = nodegroup, .size = awake_group}}, outcome());
    pass(1s);
    EXPECT_EQ(phase(nodegroup), Phase::changing);
    wake(nodegroup, awake_group);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(1).accepted);
    EXPECT_EQ(outcomes_[1].error.recovery, Recovery::wait);
    EXPECT_EQ(outcomes_[1].error.aws_code, "ResourceInUseException");
    pass(60s);
    EXPECT_EQ(phase(nodegroup), Phase::asleep);
    EXPECT_EQ(cloud_.truth(nodegroup).size, (core::Size{.desired = 0, .min = 0, .max = 4}));
    wake(nodegroup, awake_group);
    pass(70s);
    EXPECT_EQ(phase(nodegroup), Phase::awake);
    EXPECT_EQ(cloud_.truth(nodegroup).size, awake_group);
}

TEST_F(SimulatedCloudTest, RefusesSizesThatEksRefuses) {
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 5}));
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 0}));  // Below the minimum that stays 1.
    EXPECT_FALSE(cloud_.resize_by_hand(nodegroup, {.desired = 0, .min = 0, .max = 0}));
    EXPECT_TRUE(cloud_.resize_by_hand(nodegroup, {.desired = 4}));
}

TEST_F(SimulatedCloudTest, ShowsWhatSomebodyDidByHand) {
    ASSERT_TRUE(cloud_.resize_by_hand(service, {.desired = 7}));
    EXPECT_EQ(look(service).size.desired, 7);
    ASSERT_TRUE(cloud_.resize_by_hand(instance, {.desired = 0}));
    EXPECT_EQ(look(instance).state, "stopping");
    cloud_.terminate(instance);
    EXPECT_EQ(look(instance).phase, Phase::gone);
    EXPECT_EQ(look(core::ec2(region, InstanceId("i-0ffffffff"))).phase, Phase::gone);
    sleep(instance);
    pass(1s);
    ASSERT_FALSE(outcomes_.at(0).accepted);
    EXPECT_EQ(outcomes_[0].error.code, ErrorCode::not_found);
}

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
    cloud_.inject(Fault::throttled, CallKind::look, std::nullopt, SimulatedCloud::always);
    cloud_.inject(Fault::denied, CallKind::look, service);
    std::vector<ErrorCode> codes;
    const auto note = [&](const core::ResourceId&, const Result<core::Observation>& seen) {
        codes.push_back(seen ? ErrorCode::internal : seen.error().code);
    };
    cloud_.look({service, instance, service}, note);
    pass(1s);
    EXPECT_THAT(codes, ElementsAre(ErrorCode::access_denied, ErrorCode::throttled, ErrorCode::throttled));
    cloud_.clear_faults();
    EXPECT_EQ(look(service).size.desired, 3);
    EXPECT_EQ(cloud_.looks(), 4);
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
        cloud.look({service}, note);
        cloud.advance_to(clock.boot() + 5s);
        cloud.look({service}, note);
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
    std::vector<core::Survey> surveys;
    for (const auto kind : {core::Kind::ec2, core::Kind::ecs, core::Kind::eks}) {
        cloud_.survey(kind, region, [&](const Result<core::Survey>& items) { surveys.push_back(items.value()); });
    }
    pass(1s);
    ASSERT_THAT(surveys, SizeIs(3));
    const auto& instances = std::get<std::vector<core::Ec2Instance>>(surveys[0]);
    ASSERT_THAT(instances, SizeIs(1));
    EXPECT_EQ(instances[0].seen.id, instance);
    const auto& clusters = std::get<std::vector<core::EcsCluster>>(surveys[1]);
    ASSERT_THAT(clusters, SizeIs(1));
    EXPECT_THAT(clusters[0].services, SizeIs(2));
    EXPECT_EQ(clusters[0].running_tasks_count, 3);
    const auto& eks = std::get<std::vector<core::EksCluster>>(surveys[2]);
    ASSERT_THAT(eks, SizeIs(1));
    EXPECT_EQ(eks[0].nodegroups.at(0).seen.size, awake_group);

    cloud_.inject(Fault::denied, CallKind::survey);
    bool denied = false;
    cloud_.survey(core::Kind::ec2, region, [&](const Result<core::Survey>& items) { denied = !items; });
    pass(1s);
    EXPECT_TRUE(denied);
    EXPECT_EQ(cloud_.surveys(), 4);
}

TEST_F(SimulatedCloudTest, ShowsGuards) {
    const core::Guard guard{.why = "The tag env=production guards it.", .by_tag = true};
    cloud_.set_guard(instance, guard);
    EXPECT_EQ(look(instance).guard, guard);
    cloud_.set_guard(instance, std::nullopt);
    EXPECT_EQ(look(instance).guard, std::nullopt);
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
