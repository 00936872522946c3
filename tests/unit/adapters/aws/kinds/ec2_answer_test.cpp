#include "adapters/aws/kinds/ec2_answer.hpp"

#include <gtest/gtest.h>

#include "aws_fixture.hpp"

namespace doze::aws::ec2 {
namespace {

using namespace std::chrono_literals;

const Region us{"us-east-1"};

std::string page_of(const std::string& items, const std::string& after = "") {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
           "<DescribeInstancesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
           "<requestId>8f7724cf-496f-496e-8fe3-example</requestId><reservationSet><item><instancesSet>" +
           items + "</instancesSet></item></reservationSet>" + after + "</DescribeInstancesResponse>";
}

core::Ec2Instance only_instance(const std::string& inner, const std::string& state = "running") {
    auto page = parse_instances(page_of("<item><instanceId>i-0abc</instanceId><instanceState><code>0</code><name>" +
                                        state + "</name></instanceState>" + inner + "</item>"),
                                us, {});
    EXPECT_TRUE(page);
    return page->instances.at(0);
}

std::string tag(const std::string& key, const std::string& value) {
    return "<tagSet><item><key>" + key + "</key><value>" + value + "</value></item></tagSet>";
}

TEST(Ec2Answer, ReadsEverythingDozeShowsOfAnInstance) {
    const auto instance = only_instance(
        "<instanceType>t3.micro</instanceType><placement><availabilityZone>us-east-1a</availabilityZone></placement>"
        "<privateIpAddress>10.0.0.4</privateIpAddress><ipAddress>54.1.2.3</ipAddress>" +
        tag("Name", "web &amp; co"));
    EXPECT_EQ(instance.seen.id, core::ec2(us, InstanceId("i-0abc")));
    EXPECT_EQ(instance.name, "web & co");
    EXPECT_EQ(instance.type, "t3.micro");
    EXPECT_EQ(instance.private_ip, "10.0.0.4");
    EXPECT_EQ(instance.public_ip, "54.1.2.3");
    EXPECT_EQ(instance.seen.pool, "t3.micro/us-east-1a");
    EXPECT_EQ(instance.seen.state, "running");
    EXPECT_EQ(instance.seen.guard, std::nullopt);
}

TEST(Ec2Answer, WarnsOfWhatAStopLoses) {
    const auto losses = [](const std::string& type, const std::string& owner = "") {
        return to_string(
            only_instance("<instanceType>" + type +
                          "</instanceType><ipAddress>54.1.2.3</ipAddress><networkInterfaceSet><item><association>"
                          "<ipOwnerId>" +
                          owner + "</ipOwnerId></association></item></networkInterfaceSet>")
                .seen.losses);
    };
    EXPECT_TRUE(only_instance("<instanceType>m5d.large</instanceType>").seen.losses.erases());
    EXPECT_FALSE(only_instance("<instanceType>m5.large</instanceType>").seen.losses.erases());
    for (const auto* type :
         {"m5d.large", "c6gd.metal", "g4dn.xlarge", "i3.large", "i4i.4xlarge", "d3en.xlarge", "x2idn.16xlarge",
          "p4d.24xlarge", "p5.48xlarge", "z1d.large", "im4gn.large", "g5.xlarge", "m3.medium"})
        EXPECT_EQ(losses(type),
                  std::string("What is on the instance store of its type ") + type + " is lost at each stop.");
    for (const auto* type :
         {"t3.micro", "m7g.large", "c5n.large", "g5g.xlarge", "u-6tb1.metal", "mac2.metal", "inf2.xlarge", ""})
        EXPECT_EQ(losses(type), "") << type;
    EXPECT_EQ(losses("t3.micro", "amazon"),
              "Its public address 54.1.2.3 will be another one after each sleep; an Elastic IP stays.");
    EXPECT_EQ(losses("t3.micro", "123456789012"), "") << "an Elastic IP";
}

TEST(Ec2Answer, AdvisesWhereAnInstanceDidNotComeUp) {
    const auto advice = [](const std::string& code) {
        return only_instance("<stateReason><code>" + code + "</code><message>m</message></stateReason>", "stopped")
            .seen.advice;
    };
    EXPECT_NE(advice("Client.InternalError").find("kms:CreateGrant"), std::string::npos);
    EXPECT_NE(advice("Server.InsufficientInstanceCapacity").find("no room"), std::string::npos);
    EXPECT_NE(advice("Client.VolumeLimitExceeded").find("quota"), std::string::npos);
    EXPECT_EQ(advice("Client.UserInitiatedShutdown"), "");
    EXPECT_EQ(advice("Client.InstanceInitiatedShutdown"), "");
}

TEST(Ec2Answer, LeavesOutWhatAwsLeavesOut) {
    const auto instance = only_instance("<reason/><stateReason><code/><message/></stateReason><ipAddress/>");
    EXPECT_EQ(instance.name, "");
    EXPECT_EQ(instance.private_ip, std::nullopt);
    EXPECT_EQ(instance.public_ip, std::nullopt);
    EXPECT_EQ(instance.seen.reason, std::nullopt);
    EXPECT_EQ(instance.seen.changed_at, std::nullopt);
}

TEST(Ec2Answer, KnowsEveryStateAndWaitsInOneItDoesNotKnow) {
    struct Case {
        std::string state;
        core::Phase phase;
        bool settled;
        int desired;
    };
    for (const auto& [state, phase, settled, desired] : std::vector<Case>{
             {"pending", core::Phase::waking, false, 0},
             {"running", core::Phase::awake, true, 1},
             {"stopping", core::Phase::falling_asleep, false, 0},
             {"stopped", core::Phase::asleep, true, 0},
             {"shutting-down", core::Phase::gone, true, 0},
             {"terminated", core::Phase::gone, true, 0},
             {"meditating", core::Phase::changing, false, 0},
         }) {
        const auto seen = only_instance("", state).seen;
        EXPECT_EQ(seen.phase, phase) << state;
        EXPECT_EQ(seen.settled, settled) << state;
        EXPECT_EQ(seen.size, core::Size{.desired = desired}) << state;
        EXPECT_EQ(seen.state, state);
    }
}

TEST(Ec2Answer, SaysWhyAndWhenAnInstanceStopped) {
    const auto seen = only_instance(
                          "<reason>User initiated (2026-11-24 08:00:00 GMT)</reason><stateReason>"
                          "<code>Client.UserInitiatedShutdown</code>"
                          "<message>Client.UserInitiatedShutdown: User initiated shutdown</message></stateReason>",
                          "stopped")
                          .seen;
    EXPECT_EQ(seen.reason, "Client.UserInitiatedShutdown: User initiated shutdown");
    EXPECT_EQ(seen.changed_at, core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 8h));
}

TEST(Ec2Answer, NamesTheCodeWhereTheMessageDoesNot) {
    const auto reason_of = [](const std::string& inner) {
        return only_instance("<stateReason>" + inner + "</stateReason>", "stopped").seen.reason;
    };
    EXPECT_EQ(reason_of("<code>Server.ScheduledStop</code><message>Scheduled stop</message>"),
              "Server.ScheduledStop: Scheduled stop");
    EXPECT_EQ(reason_of("<code>Server.ScheduledStop</code>"), "Server.ScheduledStop");
    EXPECT_EQ(reason_of("<message>Scheduled stop</message>"), "Scheduled stop");
}

TEST(Ec2Answer, ReadsTheTimeOfATransitionInEitherSpelling) {
    const auto eight = core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 11 / 24) + 8h + 1min + 2s);
    EXPECT_EQ(parse_transition_time("User initiated (2026-11-24 08:01:02 GMT)"), eight);
    EXPECT_EQ(parse_transition_time("User initiated (2026-11-24 08:01:02 UTC)"), eight);
    EXPECT_EQ(parse_transition_time("Server (x) initiated (2026-11-24 08:01:02 GMT)"), eight);
    for (const std::string none :
         {"", "User initiated", "User initiated (", "User initiated shutdown (2026-11-24)",
          "User initiated (2026-13-24 08:01:02 GMT)", "User initiated (2026-02-30 08:01:02 GMT)",
          "User initiated (2026-11-24 25:01:02 GMT)", "User initiated (2026-11-24 08:01:02 PST)",
          "User initiated (2026-11-24T08:01:02 GMT)", "User initiated (2026-11-2x 08:01:02 GMT)"})
        EXPECT_EQ(parse_transition_time(none), std::nullopt) << none;
}

TEST(Ec2Answer, GuardsWhatStoppingWouldHarm) {
    struct Case {
        std::string inner;
        std::string says;
        bool by_tag;
    };
    for (const auto& [inner, says, by_tag] : std::vector<Case>{
             {tag("env", "Production"), "env=Production", true},
             {tag("DOZE", "Never"), "DOZE=Never", true},
             {tag("aws:autoscaling:groupName", "web-asg"), "Auto Scaling group web-asg", false},
             {tag("eks:nodegroup-name", "pool"), "Register the node group instead", false},
             {"<instanceLifecycle>spot</instanceLifecycle>", "spot instance", false},
             {"<rootDeviceType>instance-store</rootDeviceType>", "instance store", false},
             {"<operator><managed>true</managed><principal>eks.amazonaws.com</principal></operator>",
              "managed by eks.amazonaws.com", false},
             {tag("env", "prod") + "<rootDeviceType>instance-store</rootDeviceType>", "instance store", false},
         }) {
        const auto guard = only_instance(inner).seen.guard;
        ASSERT_TRUE(guard) << inner;
        EXPECT_NE(guard->why.find(says), std::string::npos) << guard->why;
        EXPECT_EQ(guard->by_tag, by_tag) << inner;
    }
    for (const auto& inner : {tag("env", "dev"), std::string("<rootDeviceType>ebs</rootDeviceType>"),
                              std::string("<operator><managed>false</managed></operator>")})
        EXPECT_EQ(only_instance(inner).seen.guard, std::nullopt) << inner;
}

TEST(Ec2Answer, TakesAnInstanceWithoutIdOrStateForNonsenseRatherThanForGone) {
    for (const std::string item : {"<item/>", "<item><instanceId>i-0abc</instanceId></item>",
                                   "<item><instanceState><name>running</name></instanceState></item>"}) {
        const auto page = parse_instances(page_of(item), us, {});
        ASSERT_FALSE(page) << item;
        EXPECT_EQ(page.error().message,
                  "AWS answered something doze does not understand (DescribeInstances in us-east-1).");
        EXPECT_EQ(page.error().code, ErrorCode::aws_error);
        EXPECT_EQ(page.error().recovery, Recovery::retry);
    }
}

TEST(Ec2Answer, ReadsAnEmptyRegionAndTheNextToken) {
    const auto empty =
        parse_instances("<DescribeInstancesResponse><reservationSet/></DescribeInstancesResponse>", us, {});
    ASSERT_TRUE(empty);
    EXPECT_TRUE(empty->instances.empty());
    EXPECT_EQ(empty->next_token, "");
    EXPECT_EQ(parse_instances(page_of("", "<nextToken>abc=</nextToken>"), us, {})->next_token, "abc=");
}

TEST(Ec2Answer, RefusesGarbage) {
    for (const auto& body : garbage) {
        EXPECT_FALSE(parse_instances(body, us, {})) << body.substr(0, 80);
        const auto changes = parse_changes(body, "StopInstances");
        EXPECT_TRUE(!changes || changes->empty()) << body.substr(0, 80);
    }
}

TEST(Ec2Answer, ReadsAnAnswerCutShortAnywhereAsNonsense) {
    const auto whole = page_of(
        "<item><instanceId>i-0abc</instanceId><instanceState><name>running</name>"
        "</instanceState></item>");
    ASSERT_TRUE(parse_instances(whole, us, {}));
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(parse_instances(whole.substr(0, size), us, {})) << size;
}

}  // namespace
}  // namespace doze::aws::ec2
