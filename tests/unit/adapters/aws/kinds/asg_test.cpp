#include "adapters/aws/kinds/asg.hpp"

#include <gmock/gmock.h>

#include "aws_fixture.hpp"

namespace doze::aws::asg_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr auto rebalance = asg::bit_of("AZRebalance");
constexpr std::uint16_t by_doze = asg::bit_of("AlarmNotification") | rebalance | asg::bit_of("InstanceRefresh") |
                                  asg::bit_of("ReplaceUnhealthy") | asg::bit_of("ScheduledActions");

std::string page(const std::string& groups, const std::string& next = "") {
    return R"(<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
  <DescribeAutoScalingGroupsResult>
    <AutoScalingGroups>)" +
           groups + "</AutoScalingGroups>" + (next.empty() ? "" : "<NextToken>" + next + "</NextToken>") + R"(
  </DescribeAutoScalingGroupsResult>
  <ResponseMetadata><RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId></ResponseMetadata>
</DescribeAutoScalingGroupsResponse>)";
}

std::string instance(const std::string& state, const std::string& more = "") {
    return "<member><InstanceId>i-0abc</InstanceId><LifecycleState>" + state + "</LifecycleState>" + more + "</member>";
}

/// A group of the given size. `more` are further members of it.
std::string group(const core::Size& size, const std::string& instances = "", const std::string& more = "") {
    std::string suspended;
    for (const auto process : asg::processes)
        if ((size.suspended & asg::bit_of(process)) != 0)
            suspended += "<member><ProcessName>" + std::string(process) +
                         "</ProcessName><SuspensionReason>User suspended at 2026-11-24T08:00:00Z</SuspensionReason>"
                         "</member>";
    return "<member><AutoScalingGroupName>fleet</AutoScalingGroupName><MinSize>" + std::to_string(*size.min) +
           "</MinSize><MaxSize>" + std::to_string(*size.max) + "</MaxSize><DesiredCapacity>" +
           std::to_string(size.desired) + "</DesiredCapacity><Instances>" + instances +
           "</Instances><SuspendedProcesses>" + suspended + "</SuspendedProcesses>" + more + "</member>";
}

std::string tag(const std::string& key, const std::string& value) {
    return "<Tags><member><ResourceId>fleet</ResourceId><ResourceType>auto-scaling-group</ResourceType><Key>" + key +
           "</Key><Value>" + value + "</Value><PropagateAtLaunch>true</PropagateAtLaunch></member></Tags>";
}

std::string accepted(const Call& call) {
    return "<" + call.operation + R"(Response xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">)" +
           "<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + call.operation + "Response>";
}

class AsgTest : public AwsTest {
   protected:
    AsgTest() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            return call.operation == "DescribeAutoScalingGroups" ? page(described) : accepted(call);
        };
    }

    const core::ResourceId fleet = core::asg(us, GroupName("fleet"));
    const core::Size whole{.desired = 2, .min = 1, .max = 4};
    std::string described = group(whole);

    core::Observation seen() { return only(describe({fleet}), fleet).value(); }

    core::Target target(core::Size size) const { return {.id = fleet, .size = size, .pool = ""}; }

    /// Accepts everything but `operation`.
    void refuse(const std::string& operation, const Error& why) {
        client.answer = [operation, why](const Call& call) -> Result<std::string> {
            if (call.operation == operation) return why;
            return accepted(call);
        };
    }
};

TEST_F(AsgTest, ReadsAGroupAsAwsDescribesIt) {
    client.answer = [](const Call&) -> Result<std::string> {
        return R"(<?xml version="1.0" encoding="UTF-8"?>
<DescribeAutoScalingGroupsResponse xmlns="http://autoscaling.amazonaws.com/doc/2011-01-01/">
  <DescribeAutoScalingGroupsResult>
    <AutoScalingGroups>
      <member>
        <HealthCheckType>ELB</HealthCheckType>
        <LoadBalancerNames/>
        <Instances>
          <member>
            <LaunchTemplate>
              <LaunchTemplateId>lt-0a4872e2c396d941c</LaunchTemplateId>
              <LaunchTemplateName>dev</LaunchTemplateName>
              <Version>1</Version>
            </LaunchTemplate>
            <LifecycleState>InService</LifecycleState>
            <InstanceId>i-0ae4b8a4e0b3a4c11</InstanceId>
            <HealthStatus>Healthy</HealthStatus>
            <InstanceType>t3.micro</InstanceType>
            <ProtectedFromScaleIn>false</ProtectedFromScaleIn>
            <AvailabilityZone>us-east-1a</AvailabilityZone>
          </member>
          <member>
            <LifecycleState>Pending</LifecycleState>
            <InstanceId>i-0ae4b8a4e0b3a4c12</InstanceId>
            <HealthStatus>Healthy</HealthStatus>
            <InstanceType>t3.micro</InstanceType>
            <ProtectedFromScaleIn>false</ProtectedFromScaleIn>
            <AvailabilityZone>us-east-1b</AvailabilityZone>
          </member>
        </Instances>
        <TerminationPolicies><member>Default</member></TerminationPolicies>
        <DefaultCooldown>300</DefaultCooldown>
        <AutoScalingGroupARN>arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:930d940e-891e-4781:autoScalingGroupName/dev &amp; test</AutoScalingGroupARN>
        <EnabledMetrics/>
        <MaxSize>4</MaxSize>
        <AvailabilityZones><member>us-east-1a</member><member>us-east-1b</member></AvailabilityZones>
        <TargetGroupARNs/>
        <Tags>
          <member>
            <ResourceId>dev &amp; test</ResourceId>
            <PropagateAtLaunch>true</PropagateAtLaunch>
            <Value>dev</Value>
            <Key>env</Key>
            <ResourceType>auto-scaling-group</ResourceType>
          </member>
        </Tags>
        <LaunchTemplate>
          <LaunchTemplateId>lt-0a4872e2c396d941c</LaunchTemplateId>
          <LaunchTemplateName>dev</LaunchTemplateName>
          <Version>1</Version>
        </LaunchTemplate>
        <DesiredCapacity>2</DesiredCapacity>
        <AutoScalingGroupName>dev &amp; test</AutoScalingGroupName>
        <MinSize>1</MinSize>
        <HealthCheckGracePeriod>300</HealthCheckGracePeriod>
        <NewInstancesProtectedFromScaleIn>false</NewInstancesProtectedFromScaleIn>
        <CreatedTime>2026-01-18T23:30:42.611Z</CreatedTime>
        <VPCZoneIdentifier>subnet-0123,subnet-4567</VPCZoneIdentifier>
        <SuspendedProcesses>
          <member>
            <ProcessName>AZRebalance</ProcessName>
            <SuspensionReason>User suspended at 2026-02-01T10:00:00Z</SuspensionReason>
          </member>
          <member>
            <ProcessName>RemoveFromLoadBalancerLowPriority</ProcessName>
            <SuspensionReason>deprecated</SuspensionReason>
          </member>
        </SuspendedProcesses>
        <CapacityRebalance>false</CapacityRebalance>
        <ServiceLinkedRoleARN>arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling</ServiceLinkedRoleARN>
      </member>
    </AutoScalingGroups>
  </DescribeAutoScalingGroupsResult>
  <ResponseMetadata><RequestId>7c6e177f-f082-11e1-ac58-3714bEXAMPLE</RequestId></ResponseMetadata>
</DescribeAutoScalingGroupsResponse>)";
    };
    const auto items = list(core::Kind::asg, us);
    ASSERT_TRUE(items);
    const auto& groups = std::get<std::vector<core::Item>>(*items);
    ASSERT_THAT(groups, SizeIs(1));
    const auto& seen = groups[0].seen;
    EXPECT_EQ(seen.id, core::asg(us, GroupName("dev & test")));
    EXPECT_EQ(seen.phase, core::Phase::awake);
    EXPECT_FALSE(seen.settled);
    EXPECT_EQ(seen.state, "scaling");
    EXPECT_EQ(seen.size, (core::Size{.desired = 2, .min = 1, .max = 4, .suspended = rebalance}));
    EXPECT_EQ(seen.running, 1);
    EXPECT_EQ(seen.guard, std::nullopt);
    EXPECT_EQ(seen.created_at, core::WallTime(std::chrono::seconds(1768779042))) << "2026-01-18T23:30:42Z";
    const auto& details = groups[0].seen.details;
    ASSERT_THAT(details, SizeIs(4));
    EXPECT_EQ(details[0].name, "min_size");
    EXPECT_EQ(std::get<std::int64_t>(details[1].value), 2);
    EXPECT_EQ(std::get<std::int64_t>(details[2].value), 4);
    EXPECT_EQ(details[3].name, "instances");
    EXPECT_EQ(std::get<std::int64_t>(details[3].value), 1);
}

TEST_F(AsgTest, SurveysEveryPage) {
    client.answer = [this](const Call& call) -> Result<std::string> {
        return page(described, value(call, "NextToken").empty() ? "second" : "");
    };
    const auto items = list(core::Kind::asg, us);
    ASSERT_TRUE(items);
    EXPECT_THAT(std::get<std::vector<core::Item>>(*items), SizeIs(2));
    ASSERT_THAT(client.calls, SizeIs(2));
    const auto& call = client.calls[1];
    EXPECT_EQ(call.service, "autoscaling");
    EXPECT_EQ(call.iam_action, "autoscaling:DescribeAutoScalingGroups");
    EXPECT_EQ(value(call, "Action"), "DescribeAutoScalingGroups");
    EXPECT_EQ(value(call, "Version"), "2011-01-01");
    EXPECT_EQ(value(call, "MaxRecords"), "100");
    EXPECT_EQ(value(call, "NextToken"), "second");
}

TEST_F(AsgTest, DoesNotFollowPagesInACircle) {
    client.answer = [this](const Call&) -> Result<std::string> { return page(described, "again"); };
    EXPECT_EQ(list(core::Kind::asg, us).error().code, ErrorCode::aws_error);
    EXPECT_THAT(client.calls, SizeIs(2));
}

TEST_F(AsgTest, LooksAtAHundredGroupsInOneCallAndTellsWhichAreGone) {
    std::vector<core::ResourceId> ids{fleet};
    for (int i = 0; i < 100; ++i) ids.push_back(core::asg(us, GroupName("g" + std::to_string(i))));
    const auto all = describe(ids);
    expect_once_each(all, 101);
    EXPECT_THAT(client.calls, SizeIs(2));
    EXPECT_THAT(values(client.calls[0], "AutoScalingGroupNames.member."), SizeIs(100));
    EXPECT_EQ(values(client.calls[0], "AutoScalingGroupNames.member.1=").at(0), "fleet");
    EXPECT_EQ(only(all, fleet)->phase, core::Phase::awake);
    EXPECT_EQ(only(all, ids[1])->phase, core::Phase::gone);
}

TEST_F(AsgTest, AsksForTheLoadOfAllItsInstances) {
    EXPECT_NE(only(describe({fleet}, core::Depth::load), fleet)->load, std::nullopt);
    const auto& call = client.calls.at(1);
    EXPECT_EQ(call.operation, "GetMetricData");
    EXPECT_THAT(call.body, HasSubstr("Namespace=AWS%2FEC2"));
    EXPECT_THAT(call.body, HasSubstr("Dimensions.member.1.Name=AutoScalingGroupName"));
    EXPECT_THAT(call.body, HasSubstr("Dimensions.member.1.Value=fleet"));
}

TEST_F(AsgTest, IsSettledOnlyWhenTheInstancesHaveComeOrGone) {
    struct Case {
        int desired;
        std::string instances;
        bool settled;
        std::string state;
        int running;
        std::string more;
    };
    const auto weighing = [](int weight) {
        return "<WeightedCapacity>" + std::to_string(weight) + "</WeightedCapacity>";
    };
    const std::string vcpus = "<DesiredCapacityType>vcpu</DesiredCapacityType>";
    for (const auto& [desired, instances, settled, state, running, more] : std::vector<Case>{
             {2, instance("InService") + instance("InService"), true, "active", 2, ""},
             {2, instance("InService") + instance("Pending:Wait"), false, "scaling", 1, ""},
             {2, "", false, "scaling", 0, ""},
             {1, instance("InService") + instance("Terminating"), true, "active", 1, ""},
             {8, instance("InService", weighing(4)) + instance("InService", weighing(4)), true, "active", 2, ""},
             {8, instance("InService", weighing(4)), false, "scaling", 1, ""},
             {16, instance("InService"), true, "active", 1, vcpus},
             {16, instance("InService") + instance("Pending"), false, "scaling", 1, vcpus},
             {0, "", true, "empty", 0, ""},
             {0, instance("Terminating:Wait"), false, "scaling", 0, ""},
             {0, instance("InService"), false, "scaling", 1, ""},
             {0, instance("Terminated") + instance("Standby"), true, "empty", 0, ""},
             {0, instance("Terminating:Retained") + instance("Warmed:Stopped"), true, "empty", 0, ""},
         }) {
        described = group({.desired = desired, .min = 0, .max = 20}, instances, more);
        const auto now = seen();
        EXPECT_EQ(now.phase, desired > 0 ? core::Phase::awake : core::Phase::asleep) << instances;
        EXPECT_EQ(now.settled, settled) << desired << instances;
        EXPECT_EQ(now.state, state) << desired << instances;
        EXPECT_EQ(now.running, running) << instances;
    }
}

TEST_F(AsgTest, CountsAGroupThatIsBeingDeletedAsGone) {
    described = group(whole, instance("Terminating"), "<Status>Delete in progress</Status>");
    EXPECT_EQ(seen().phase, core::Phase::gone);
    EXPECT_EQ(seen().state, "Delete in progress");
}

TEST_F(AsgTest, KeepsTheNumbersOfTheProcessesThatAreInJournals) {
    EXPECT_EQ(asg::bit_of("Launch"), 1);
    EXPECT_EQ(asg::bit_of("Terminate"), 2);
    EXPECT_EQ(asg::bit_of("AddToLoadBalancer"), 4);
    EXPECT_EQ(asg::bit_of("AlarmNotification"), 8);
    EXPECT_EQ(asg::bit_of("AZRebalance"), 16);
    EXPECT_EQ(asg::bit_of("HealthCheck"), 32);
    EXPECT_EQ(asg::bit_of("InstanceRefresh"), 64);
    EXPECT_EQ(asg::bit_of("ReplaceUnhealthy"), 128);
    EXPECT_EQ(asg::bit_of("ScheduledActions"), 256);
    EXPECT_EQ(asg::bit_of("NewProcess"), 0);
}

TEST_F(AsgTest, GuardsWhatCouldNotBeEmptiedOrBroughtBack) {
    const auto guard_of = [this](std::uint16_t suspended, const std::string& instances, const std::string& more) {
        described = group({.desired = 2, .min = 1, .max = 4, .suspended = suspended}, instances, more);
        const auto guard = seen().guard;
        EXPECT_FALSE(guard && guard->by_tag) << guard->why;
        return guard ? guard->why : "";
    };
    const std::string kept = "<ProtectedFromScaleIn>true</ProtectedFromScaleIn>";
    EXPECT_EQ(guard_of(0, instance("InService"), ""), "");
    EXPECT_THAT(guard_of(0, "", tag("eks:nodegroup-name", "pool")), HasSubstr("Register the node group instead"));
    EXPECT_THAT(guard_of(0, "", "<Operator><Principal>ecs.amazonaws.com</Principal></Operator>"),
                HasSubstr("managed by ecs.amazonaws.com"));
    EXPECT_THAT(guard_of(asg::bit_of("Terminate"), "", ""), HasSubstr("Terminate is suspended"));
    EXPECT_THAT(guard_of(asg::bit_of("Launch"), "", ""), HasSubstr("Launch is suspended"));
    EXPECT_THAT(guard_of(0, "", "<WarmPoolConfiguration><MinSize>1</MinSize></WarmPoolConfiguration>"),
                HasSubstr("warm pool"));
    EXPECT_EQ(guard_of(0, "", "<WarmPoolConfiguration/>"), "");
    EXPECT_THAT(guard_of(0, instance("InService", kept) + instance("InService"), ""),
                HasSubstr("1 of its instances is"));
    EXPECT_THAT(guard_of(0, instance("InService", kept) + instance("Pending", kept), ""),
                HasSubstr("2 of its instances"));
    EXPECT_EQ(guard_of(0, instance("Standby", kept), ""), "");
    EXPECT_EQ(guard_of(by_doze, "", ""), "");
}

TEST_F(AsgTest, GuardsByTag) {
    described = group(whole, "", tag("env", "production"));
    EXPECT_EQ(seen().guard, (core::Guard{.why = "The tag env=production guards it.", .by_tag = true}));
}

TEST_F(AsgTest, SuspendsWhatWouldWorkAgainstTheSleepAndThenEmptiesTheGroup) {
    EXPECT_TRUE(only(sleep({target(whole)}), fleet));
    ASSERT_THAT(client.operations(), ElementsAre("SuspendProcesses", "UpdateAutoScalingGroup"));
    EXPECT_EQ(value(client.calls[0], "AutoScalingGroupName"), "fleet");
    EXPECT_THAT(
        values(client.calls[0], "ScalingProcesses.member."),
        ElementsAre("AlarmNotification", "AZRebalance", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"));
    EXPECT_THAT(values(client.calls[0], "ScalingProcesses.member.5="), ElementsAre("ScheduledActions"));
    EXPECT_EQ(client.calls[0].iam_action, "autoscaling:SuspendProcesses");
    EXPECT_EQ(value(client.calls[1], "AutoScalingGroupName"), "fleet");
    EXPECT_EQ(value(client.calls[1], "MinSize"), "0");
    EXPECT_EQ(value(client.calls[1], "DesiredCapacity"), "0");
    EXPECT_EQ(value(client.calls[1], "MaxSize"), "0");
}

TEST_F(AsgTest, BringsBackTheSizesAndThenWhatTheSleepHadSuspended) {
    EXPECT_TRUE(only(wake({target(whole)}), fleet));
    ASSERT_THAT(client.operations(), ElementsAre("UpdateAutoScalingGroup", "ResumeProcesses"));
    EXPECT_EQ(value(client.calls[0], "MinSize"), "1");
    EXPECT_EQ(value(client.calls[0], "DesiredCapacity"), "2");
    EXPECT_EQ(value(client.calls[0], "MaxSize"), "4");
    EXPECT_THAT(values(client.calls[1], "ScalingProcesses.member."), SizeIs(5));
}

TEST_F(AsgTest, LeavesSuspendedWhatWasSuspendedBefore) {
    auto size = whole;
    size.suspended = rebalance | asg::bit_of("HealthCheck");
    EXPECT_TRUE(only(sleep({target(size)}), fleet));
    EXPECT_TRUE(only(wake({target(size)}), fleet));
    const auto others = ElementsAre("AlarmNotification", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions");
    EXPECT_THAT(values(client.calls.at(0), "ScalingProcesses.member."), others);
    EXPECT_EQ(client.calls.at(3).operation, "ResumeProcesses");
    EXPECT_THAT(values(client.calls.at(3), "ScalingProcesses.member."), others);
}

TEST_F(AsgTest, SuspendsAndResumesNothingWhereAllOfItWasSuspendedBefore) {
    // No name at all would mean all processes.
    auto size = whole;
    size.suspended = by_doze;
    EXPECT_TRUE(only(sleep({target(size)}), fleet));
    EXPECT_TRUE(only(wake({target(size)}), fleet));
    EXPECT_THAT(client.operations(), ElementsAre("UpdateAutoScalingGroup", "UpdateAutoScalingGroup"));
}

TEST_F(AsgTest, SetsOnlyTheSizesThatATargetHas) {
    EXPECT_TRUE(only(wake({target({.desired = 1})}), fleet));
    EXPECT_EQ(value(client.calls[0], "DesiredCapacity"), "1");
    EXPECT_THAT(values(client.calls[0], "MinSize"), IsEmpty());
    EXPECT_THAT(values(client.calls[0], "MaxSize"), IsEmpty());
}

TEST_F(AsgTest, DoesNotEmptyAGroupWhoseScalingItCouldNotSuspend) {
    refuse("SuspendProcesses", refusal("AccessDenied", Recovery::tell, ErrorCode::access_denied));
    EXPECT_EQ(only(sleep({target(whole)}), fleet).error().code, ErrorCode::access_denied);
    EXPECT_THAT(client.operations(), ElementsAre("SuspendProcesses"));
}

TEST_F(AsgTest, TakesTheSuspensionBackWhereAwsRefusesTheRest) {
    refuse("UpdateAutoScalingGroup", refusal("AccessDenied", Recovery::tell, ErrorCode::access_denied));
    auto size = whole;
    size.suspended = rebalance;
    EXPECT_EQ(only(sleep({target(size)}), fleet).error().code, ErrorCode::access_denied);
    ASSERT_THAT(client.operations(), ElementsAre("SuspendProcesses", "UpdateAutoScalingGroup", "ResumeProcesses"));
    EXPECT_THAT(values(client.calls[2], "ScalingProcesses.member."),
                ElementsAre("AlarmNotification", "InstanceRefresh", "ReplaceUnhealthy", "ScheduledActions"));
}

TEST_F(AsgTest, KeepsTheSuspensionWhereTheRestMayStillHappen) {
    for (const auto& why : {refusal("ScalingActivityInProgress", Recovery::wait), refusal("", Recovery::retry)}) {
        client.calls.clear();
        refuse("UpdateAutoScalingGroup", why);
        EXPECT_FALSE(only(sleep({target(whole)}), fleet));
        EXPECT_THAT(client.operations(), ElementsAre("SuspendProcesses", "UpdateAutoScalingGroup"));
    }
}

TEST_F(AsgTest, IsNotAwakeAgainBeforeItsScalingIs) {
    refuse("ResumeProcesses", refusal("ResourceContention", Recovery::wait));
    EXPECT_EQ(only(wake({target(whole)}), fleet).error().recovery, Recovery::wait);
}

TEST_F(AsgTest, AGroupBetweenItsTwoCallsIsAwakeAndCanBeUndone) {
    EXPECT_EQ(by_doze, core::info(core::Kind::asg).suspends);
    described = group({.desired = 2, .min = 1, .max = 4, .suspended = by_doze});
    EXPECT_EQ(core::undone(core::Kind::asg, whole, seen().size), whole);
    EXPECT_EQ(seen().phase, core::Phase::awake);
    described = group({.desired = 0, .min = 0, .max = 0, .suspended = by_doze});
    EXPECT_EQ(seen().size, core::slept(core::Kind::asg, whole));
    EXPECT_EQ(seen().phase, core::Phase::asleep);
}

TEST_F(AsgTest, WhereTheDesiredSizeStaysOnlyTheRestIsPutBack) {
    auto back = target(whole);
    back.desired_stays = true;
    EXPECT_TRUE(only(wake({back}), fleet));
    EXPECT_THAT(client.operations(), ElementsAre("UpdateAutoScalingGroup", "ResumeProcesses"));
    EXPECT_THAT(client.calls.front().body, Not(HasSubstr("DesiredCapacity")));
    client.calls.clear();
    back.size.min = back.size.max = std::nullopt;
    EXPECT_TRUE(only(wake({back}), fleet));
    EXPECT_THAT(client.operations(), ElementsAre("ResumeProcesses"));
}

TEST_F(AsgTest, NeverTakesGarbageForGoneOrForAccepted) {
    auto bodies = garbage;
    for (const auto* inner : {"<member/>", "<member><AutoScalingGroupName>fleet</AutoScalingGroupName></member>",
                              "<member><AutoScalingGroupName>fleet</AutoScalingGroupName><MinSize>one</MinSize>"
                              "<MaxSize>4</MaxSize><DesiredCapacity>-2</DesiredCapacity></member>"})
        bodies.push_back(page(inner));
    bodies.push_back(page(described).substr(0, page(described).size() / 2));
    for (const auto& body : bodies) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(list(core::Kind::asg, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(describe({fleet}), fleet)) << body.substr(0, 80);
        EXPECT_EQ(only(sleep({target(whole)}), fleet).error().recovery, Recovery::retry) << body.substr(0, 80);
        EXPECT_EQ(only(wake({target(whole)}), fleet).error().recovery, Recovery::retry) << body.substr(0, 80);
    }
}

}  // namespace
}  // namespace doze::aws::asg_test
