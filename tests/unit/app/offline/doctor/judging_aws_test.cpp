#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/permissions.hpp"

namespace doze::doctor::judging_aws_test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Region us{"us-east-1"};
const Region seoul{"ap-northeast-2"};
const ProfileName own;

Error refusal(ErrorCode code, std::string aws_code) {
    return {.code = code, .message = "AWS refused it.", .next_step = "Mend it.", .aws_code = std::move(aws_code)};
}

Finding clock_by(core::Duration offset) {
    return judge_clock(Result<core::Duration>(offset));
}

TEST(Clock, IsGoodWithinAMinute) {
    EXPECT_EQ(clock_by(seconds(0)).grade, Grade::ok);
    EXPECT_EQ(clock_by(seconds(60)).grade, Grade::ok);
    EXPECT_EQ(clock_by(seconds(-60)).grade, Grade::ok);
}

TEST(Clock, SaysHowFarItIsOffAndInWhichDirection) {
    EXPECT_EQ(clock_by(minutes(2)).grade, Grade::warn);
    EXPECT_THAT(clock_by(minutes(2)).finding, HasSubstr("2 min behind AWS's"));
    EXPECT_EQ(clock_by(-minutes(5)).grade, Grade::fail);
    EXPECT_THAT(clock_by(-minutes(5)).finding, HasSubstr("5 min ahead of AWS's"));
    EXPECT_THAT(clock_by(minutes(5)).fix, HasSubstr("timedatectl"));
}

TEST(Clock, FailsWhereAwsIsSilent) {
    const auto finding = judge_clock(std::nullopt);
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.fix, HasSubstr("proxy"));
}

AccountFacts account(std::string arn) {
    return {.profile = own,
            .region = us,
            .keys = Keys{.origin = "the environment", .expires = std::nullopt},
            .identity = aws::sts::Identity{.account = "123456789012", .arn = std::move(arn)}};
}

TEST(Account, SaysWhoAndFromWhere) {
    const auto finding = judge_account(account("arn:aws:iam::123456789012:user/ada"), core::WallTime());
    EXPECT_EQ(finding.grade, Grade::ok);
    EXPECT_THAT(finding.finding, AllOf(HasSubstr("123456789012"), HasSubstr("user/ada"), HasSubstr("the environment")));
}

TEST(Account, WarnsOfTheRootUser) {
    const auto finding = judge_account(account("arn:aws:iam::123456789012:root"), core::WallTime());
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.fix, HasSubstr("doze iam-policy"));
}

TEST(Account, PassesOnWhatIsWrong) {
    auto facts = account("");
    facts.identity = refusal(ErrorCode::no_credentials, "SignatureDoesNotMatch");
    EXPECT_EQ(judge_account(facts, core::WallTime()).grade, Grade::fail);
    EXPECT_EQ(judge_account(facts, core::WallTime()).fix, "Mend it.");
    facts.identity = std::nullopt;
    EXPECT_THAT(judge_account(facts, core::WallTime()).finding, HasSubstr("did not answer"));
    facts.keys = std::nullopt;
    EXPECT_THAT(judge_account(facts, core::WallTime()).finding, HasSubstr("did not answer"));
}

TEST(RegionCheck, SaysHowFastItAnswers) {
    const RegionFacts facts{.region = us, .answers_in = core::Duration(42)};
    EXPECT_EQ(judge_region(facts, true).finding, "answers in 42 ms");
    EXPECT_EQ(judge_region(facts, true).grade, Grade::ok);
}

TEST(RegionCheck, TellsARegionThatIsNotEnabledFromWrongCredentials) {
    const RegionFacts facts{.region = seoul, .answers_in = refusal(ErrorCode::no_credentials, "InvalidClientTokenId")};
    EXPECT_THAT(judge_region(facts, true).finding, HasSubstr("not enabled"));
    EXPECT_THAT(judge_region(facts, true).fix, HasSubstr("Enable ap-northeast-2"));
    EXPECT_THAT(judge_region(facts, false).finding, Not(HasSubstr("not enabled")));
}

PermissionFacts tried(const std::vector<core::ResourceId>& ids) {
    return permissions_to_try(own, "123456789012", ids);
}

const Simulation& simulation_of(const PermissionFacts& facts, const std::string& action) {
    return *std::ranges::find_if(facts.simulations, [&](const auto& one) {
        return std::ranges::find(one.actions, action) != one.actions.end();
    });
}

TEST(Permissions, AreTriedOncePerRegionAndNeverForReal) {
    const auto facts = tried({core::ec2(us, InstanceId("i-0aa1")), core::ec2(us, InstanceId("i-0aa2")),
                              core::ec2(seoul, InstanceId("i-0bb1"))});
    std::size_t stops = 0;
    for (const auto& attempt : facts.attempts) {
        const auto& call = attempt.call;
        if (call.operation.starts_with("Describe") || call.operation.starts_with("Get")) continue;
        EXPECT_THAT(call.body, HasSubstr("DryRun=true"));
        stops += call.operation == "StopInstances" ? 1 : 0;
    }
    EXPECT_EQ(stops, 2U);
    EXPECT_THAT(facts.simulations, IsEmpty());
}

TEST(Permissions, ThatHaveNoHarmlessProofAreSimulated) {
    const auto facts = tried({core::ecs(us, ClusterName("dev"), ServiceName("web"))});
    const auto& update = simulation_of(facts, "ecs:UpdateService");
    EXPECT_THAT(update.resources, testing::ElementsAre("arn:aws:ecs:us-east-1:123456789012:service/dev/web"));
    for (const auto& attempt : facts.attempts) {
        EXPECT_THAT(attempt.call.operation, testing::MatchesRegex("(Describe|List|Get).*"));
    }
}

/// The line of an action after all attempts of it got this answer.
Finding judged(const Result<std::string>& answer) {
    auto facts = tried({core::ec2(us, InstanceId("i-0aa1"))});
    for (auto& attempt : facts.attempts) attempt.answer = answer;
    const auto findings = judge_permissions(facts);
    return *std::ranges::find(findings, "ec2:StopInstances", &Finding::what);
}

TEST(Permissions, TakeADryRunThatWouldHaveSucceededForAllowed) {
    const auto finding = judged(refusal(ErrorCode::aws_error, "DryRunOperation"));
    EXPECT_EQ(finding.grade, Grade::ok);
    EXPECT_THAT(finding.finding, HasSubstr("dry run"));
}

TEST(Permissions, NameTheActionThatIsMissing) {
    const auto finding = judged(refusal(ErrorCode::access_denied, "UnauthorizedOperation"));
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.fix, AllOf(HasSubstr("ec2:StopInstances"), HasSubstr("doze iam-policy")));
}

TEST(Permissions, AreNotJudgedByWhatIsWrongWithTheResource) {
    EXPECT_EQ(judged(refusal(ErrorCode::not_found, "InvalidInstanceID.NotFound")).grade, Grade::note);
}

TEST(Permissions, FailWhereAwsIsSilent) {
    const auto facts = tried({core::ec2(us, InstanceId("i-0aa1"))});
    for (const auto& finding : judge_permissions(facts)) EXPECT_EQ(finding.grade, Grade::fail) << finding.what;
}

TEST(Permissions, AreDeniedIfOneRegionDeniesThem) {
    auto facts = tried({core::ec2(us, InstanceId("i-0aa1")), core::ec2(seoul, InstanceId("i-0bb1"))});
    for (auto& attempt : facts.attempts) {
        attempt.answer = attempt.call.region == seoul
                             ? Result<std::string>(refusal(ErrorCode::access_denied, "UnauthorizedOperation"))
                             : Result<std::string>("");
    }
    for (const auto& finding : judge_permissions(facts)) {
        EXPECT_GE(finding.grade, Grade::warn) << finding.what;
        EXPECT_THAT(finding.finding, HasSubstr("ap-northeast-2"));
    }
}

TEST(Permissions, ShowWhatIamSimulated) {
    const auto facts = tried({core::ecs(us, ClusterName("dev"), ServiceName("web"))});
    PermissionFacts update{.attempts = {}, .simulations = {simulation_of(facts, "ecs:UpdateService")}};
    EXPECT_EQ(judge_permissions(update).front().grade, Grade::note);
    EXPECT_THAT(judge_permissions(update).front().fix, HasSubstr("iam:SimulatePrincipalPolicy"));
    update.simulations.front().denied = std::vector<std::string>{};
    EXPECT_EQ(judge_permissions(update).front().grade, Grade::ok);
    update.simulations.front().denied = update.simulations.front().actions;
    EXPECT_EQ(judge_permissions(update).front().grade, Grade::fail);
}

TEST(Permissions, WarnWhereDozeCanDoWithout) {
    auto facts = tried({core::ec2(us, InstanceId("i-0aa1"))});
    for (auto& attempt : facts.attempts) attempt.answer = refusal(ErrorCode::access_denied, "UnauthorizedOperation");
    const auto findings = judge_permissions(facts);
    EXPECT_EQ(std::ranges::find(findings, "cloudwatch:GetMetricData", &Finding::what)->grade, Grade::warn);
    EXPECT_EQ(std::ranges::find(findings, "ec2:StopInstances", &Finding::what)->grade, Grade::fail);
}

ResourceFacts seen(core::Observation observation) {
    const core::ResourceId id = core::ec2(us, InstanceId("i-0aa1"));
    observation.id = id;
    return {.registration = {.id = id}, .seen = Result<core::Observation>(std::move(observation))};
}

const core::Observation running{.phase = core::Phase::awake, .size = {.desired = 1}, .state = "running"};

TEST(Resource, SaysWhatWouldHappen) {
    EXPECT_EQ(judge_resource(seen(running)).finding, "running; would be stopped");
    EXPECT_EQ(judge_resource(seen(running)).grade, Grade::ok);
}

TEST(Resource, TellsDozesSleepFromSomebodyElses) {
    auto facts = seen({.phase = core::Phase::asleep, .state = "stopped"});
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("not by doze"));
    facts.asleep_by_doze = true;
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("woken when you return"));
}

TEST(Resource, ThatIsGoneFails) {
    const auto finding = judge_resource(seen({.phase = core::Phase::gone}));
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.fix, HasSubstr("doze unregister ec2:us-east-1:i-0aa1"));
}

TEST(Resource, ThatIsGuardedSaysWhy) {
    auto guarded = running;
    guarded.guard = core::Guard{.why = "The tag env=production guards it.", .by_tag = true};
    auto facts = seen(guarded);
    EXPECT_EQ(judge_resource(facts).grade, Grade::warn);
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("The tag env=production guards it."));
    facts.registration.force = true;
    EXPECT_EQ(judge_resource(facts).finding, "running; would be stopped");
    facts.seen->value().guard->by_tag = false;
    EXPECT_EQ(judge_resource(facts).grade, Grade::warn);
}

TEST(Resource, ThatCantHibernateIsStopped) {
    auto facts = seen(running);
    facts.registration.hibernate = true;
    EXPECT_EQ(judge_resource(facts).grade, Grade::warn);
    facts.seen->value().can_hibernate = true;
    EXPECT_EQ(judge_resource(facts).finding, "running; would be hibernated");
}

TEST(Resource, ThatIsBusyWouldStayAwake) {
    auto busy = running;
    busy.load = core::Load{.cpu_percent = 81};
    auto facts = seen(busy);
    facts.registration.busy_cpu_percent = 20;
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("81 % of its CPU, above 20 %"));
}

TEST(Resource, ThatWasNotReachedInTimeIsNoFailureWhereAwsAnswers) {
    ResourceFacts facts{.registration = {.id = core::ec2(Region("us-east-1"), InstanceId("i-00000000000000001"))}};
    EXPECT_EQ(judge_resource(facts).grade, Grade::fail);
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("did not answer"));
    facts.others_came = true;
    EXPECT_EQ(judge_resource(facts).grade, Grade::note);
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("not looked at"));
}

TEST(Resource, InAStateThatDoesNotPassIsWarnedOf) {
    ResourceFacts facts{.registration = {.id = core::rds(Region("us-east-1"), DatabaseName("orders"))}};
    facts.seen = core::Observation{.id = facts.registration.id,
                                   .phase = core::Phase::changing,
                                   .state = "storage-full",
                                   .stuck = true,
                                   .advice = "Enlarge its storage."};
    EXPECT_EQ(judge_resource(facts).grade, Grade::warn);
    EXPECT_THAT(judge_resource(facts).finding, HasSubstr("storage-full"));
    EXPECT_EQ(judge_resource(facts).fix, "Enlarge its storage.");
}

TEST(Resource, FailsWithAwssReason) {
    auto facts = seen(running);
    facts.seen = refusal(ErrorCode::access_denied, "UnauthorizedOperation");
    EXPECT_EQ(judge_resource(facts).fix, "Mend it.");
    facts.seen = std::nullopt;
    EXPECT_EQ(judge_resource(facts).grade, Grade::fail);
}

}  // namespace
}  // namespace doze::doctor::judging_aws_test
