#include "adapters/aws/kinds/ec2.hpp"

#include <gmock/gmock.h>

#include "aws_fixture.hpp"

namespace doze::aws::ec2_test {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

/// Instances that start and stop as told, unless `refuse` has a reason not to.
class Ec2Test : public AwsTest {
   protected:
    Ec2Test() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            const auto ids = values(call, "InstanceId.");
            if (auto why = refuse(call, ids)) return *why;
            std::string items;
            for (const auto& id : ids) items += "<item><instanceId>" + id + "</instanceId></item>";
            return "<" + call.operation + "Response><instancesSet>" + items + "</instancesSet></" + call.operation +
                   "Response>";
        };
    }

    std::function<std::optional<Error>(const Call&, const std::vector<std::string>&)> refuse =
        [](const Call&, const std::vector<std::string>&) { return std::nullopt; };

    core::ResourceId instance(int n) const { return core::ec2(us, InstanceId("i-" + std::to_string(n))); }

    std::vector<core::Target> targets(int count, const std::string& pool = "t3.micro/us-east-1a", int first = 0) const {
        std::vector<core::Target> out;
        for (int n = first; n < first + count; ++n) out.push_back({.id = instance(n), .size = {1}, .pool = pool});
        return out;
    }

    void refuse_all_with(int bad, Error why) {
        refuse = [id = "i-" + std::to_string(bad), why](const Call&, const auto& ids) -> std::optional<Error> {
            if (std::ranges::find(ids, id) == ids.end()) return std::nullopt;
            return why;
        };
    }
};

std::string item(const std::string& id, const std::string& state = "running") {
    return "<item><instancesSet><item><instanceId>" + id + "</instanceId><instanceState><name>" + state +
           "</name></instanceState></item></instancesSet></item>";
}

std::string page(const std::string& items, const std::string& next = "") {
    return "<DescribeInstancesResponse><reservationSet>" + items + "</reservationSet><nextToken>" + next +
           "</nextToken></DescribeInstancesResponse>";
}

TEST_F(Ec2Test, SurveysEveryPage) {
    client.answer = [](const Call& call) -> Result<std::string> {
        const auto token = value(call, "NextToken");
        if (token.empty()) return page(item("i-1") + item("i-2"), "second");
        if (token == "second") return page(item("i-3", "stopped"), "third");
        return page(item("i-4", "terminated"));
    };
    const auto items = list(core::Kind::ec2, us);
    ASSERT_TRUE(items);
    const auto& instances = std::get<std::vector<core::Ec2Instance>>(*items);
    ASSERT_THAT(instances, SizeIs(4));
    EXPECT_EQ(instances[3].seen.phase, core::Phase::gone);
    EXPECT_THAT(client.calls, SizeIs(3));
    EXPECT_EQ(value(client.calls[0], "Action"), "DescribeInstances");
    EXPECT_EQ(value(client.calls[0], "Version"), "2016-11-15");
    EXPECT_EQ(value(client.calls[0], "MaxResults"), "1000");
    EXPECT_EQ(client.calls[0].iam_action, "ec2:DescribeInstances");
    EXPECT_EQ(client.calls[0].region, us);
}

TEST_F(Ec2Test, FailsTheSurveyOnAPageThatFails) {
    client.answer = [](const Call& call) -> Result<std::string> {
        if (value(call, "NextToken").empty()) return page(item("i-1"), "second");
        return refusal("InternalError", Recovery::retry);
    };
    EXPECT_EQ(list(core::Kind::ec2, us).error().aws_code, "InternalError");
}

TEST_F(Ec2Test, DoesNotFollowPagesInACircle) {
    client.answer = [](const Call& call) -> Result<std::string> {
        return page("", value(call, "NextToken") == "a" ? "b" : "a");
    };
    EXPECT_EQ(list(core::Kind::ec2, us).error().code, ErrorCode::aws_error);
    EXPECT_THAT(client.calls, SizeIs(3));
}

TEST_F(Ec2Test, OneFailingRegionLeavesTheOthers) {
    client.answer = [this](const Call& call) -> Result<std::string> {
        if (call.region == eu) return refusal("AuthFailure", Recovery::tell, ErrorCode::access_denied);
        return page(item("i-1"));
    };
    const auto there = core::ec2(eu, InstanceId("i-2"));
    const auto seen = describe({there, instance(1)});
    EXPECT_EQ(only(seen, instance(1))->phase, core::Phase::awake);
    EXPECT_EQ(only(seen, there).error().code, ErrorCode::access_denied);
    EXPECT_TRUE(list(core::Kind::ec2, us));
    EXPECT_FALSE(list(core::Kind::ec2, eu));
}

TEST_F(Ec2Test, LooksByFilterSoThatAMissingIdFailsNobody) {
    client.answer = [](const Call&) -> Result<std::string> { return page(item("i-1") + item("i-2", "terminated")); };
    const auto seen = describe({instance(1), instance(2), instance(3), instance(1)});
    expect_once_each(seen, 3);
    EXPECT_EQ(only(seen, instance(1))->phase, core::Phase::awake);
    EXPECT_EQ(only(seen, instance(2))->phase, core::Phase::gone);
    EXPECT_EQ(only(seen, instance(3))->phase, core::Phase::gone);
    EXPECT_EQ(only(seen, instance(3))->id, instance(3));
    EXPECT_EQ(value(client.calls.at(0), "Filter.1.Name"), "instance-id");
    EXPECT_THAT(values(client.calls.at(0), "Filter.1.Value."), ElementsAre("i-1", "i-2", "i-3"));
}

TEST_F(Ec2Test, LooksAtNoMoreThanAFilterTakes) {
    client.answer = [](const Call& call) -> Result<std::string> {
        std::string items;
        for (const auto& id : values(call, "Filter.1.Value.")) items += item(id);
        return page(items);
    };
    std::vector<core::ResourceId> ids;
    for (int n = 0; n < 450; ++n) ids.push_back(instance(n));
    const auto seen = describe(ids);
    expect_once_each(seen, 450);
    ASSERT_THAT(client.calls, SizeIs(3));
    for (const auto& call : client.calls) EXPECT_LE(values(call, "Filter.1.Value.").size(), 200U);
}

TEST_F(Ec2Test, KeepsWhatItSawBeforeAPageFailed) {
    client.answer = [](const Call& call) -> Result<std::string> {
        if (value(call, "NextToken").empty()) return page(item("i-1"), "second");
        return refusal("Unavailable", Recovery::retry);
    };
    const auto seen = describe({instance(1), instance(2)});
    expect_once_each(seen, 2);
    EXPECT_TRUE(only(seen, instance(1)));
    EXPECT_EQ(only(seen, instance(2)).error().aws_code, "Unavailable") << "not seen is not gone";
}

TEST_F(Ec2Test, NeverTakesGarbageForGoneOrForAccepted) {
    for (const auto& body : garbage) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(only(describe({instance(1)}), instance(1))) << body.substr(0, 80);
        EXPECT_FALSE(list(core::Kind::ec2, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(sleep(targets(1)), instance(0))) << body.substr(0, 80);
        EXPECT_EQ(only(wake(targets(1)), instance(0)).error().recovery, Recovery::retry) << body.substr(0, 80);
    }
}

TEST_F(Ec2Test, StopsFiftyInOneCall) {
    const auto done = sleep(targets(50));
    expect_once_each(done, 50);
    for (const auto& [id, outcome] : done) EXPECT_TRUE(outcome.at(0));
    ASSERT_THAT(client.calls, SizeIs(1));
    EXPECT_EQ(value(client.calls[0], "Action"), "StopInstances");
    EXPECT_EQ(client.calls[0].iam_action, "ec2:StopInstances");
    EXPECT_THAT(values(client.calls[0], "InstanceId."), SizeIs(50));
}

TEST_F(Ec2Test, SplitsMoreThanFifty) {
    expect_once_each(sleep(targets(120)), 120);
    EXPECT_THAT(client.calls, SizeIs(3));
    EXPECT_LE(client.most_at_once, 2U);
}

TEST_F(Ec2Test, HalvesARefusedBatchUntilTheBadIdStandsAlone) {
    refuse_all_with(17, refusal("InvalidInstanceID.NotFound", Recovery::tell, ErrorCode::not_found));
    const auto done = sleep(targets(50));
    expect_once_each(done, 50);
    for (const auto& [id, outcome] : done) EXPECT_EQ(outcome.at(0).has_value(), id != instance(17));
    EXPECT_EQ(only(done, instance(17)).error().aws_code, "InvalidInstanceID.NotFound");
    // 50 -> 25 -> 12 or 13 -> 6 or 7 -> 3 or 4 -> 1 or 2 -> 1: two calls for each halving, and the first.
    EXPECT_LE(client.calls.size(), 13U);
    EXPECT_GE(client.calls.size(), 11U);
}

TEST_F(Ec2Test, HalvesWhereOneIsInTransit) {
    refuse_all_with(3, refusal("IncorrectInstanceState", Recovery::wait));
    const auto done = wake(targets(8));
    expect_once_each(done, 8);
    EXPECT_EQ(only(done, instance(3)).error().recovery, Recovery::wait);
    EXPECT_TRUE(only(done, instance(4)));
}

TEST_F(Ec2Test, ReportsTroubleThatHalvingCannotHelpForAllAtOnce) {
    for (const auto& why :
         {refusal("RequestLimitExceeded", Recovery::retry, ErrorCode::throttled), refusal("", Recovery::retry),
          refusal("", Recovery::tell), refusal("AuthFailure", Recovery::tell, ErrorCode::no_credentials)}) {
        client.calls.clear();
        refuse_all_with(3, why);
        const auto done = sleep(targets(50));
        expect_once_each(done, 50);
        for (const auto& [id, outcome] : done) EXPECT_EQ(outcome.at(0).error(), why);
        EXPECT_THAT(client.calls, SizeIs(1));
    }
}

TEST_F(Ec2Test, StartsByPoolSoThatOneWithoutCapacityHoldsUpNoOther) {
    const std::string full = "p5.48xlarge/us-east-1a";
    auto all = targets(6, "t3.micro/us-east-1a");
    for (auto& target : targets(2, full, 6)) all.push_back(target);
    for (auto& target : targets(3, "t3.micro/us-east-1b", 8)) all.push_back(target);
    refuse = [](const Call&, const auto& ids) -> std::optional<Error> {
        if (ids.front() != "i-6" && ids.front() != "i-7") return std::nullopt;
        return refusal("InsufficientInstanceCapacity", Recovery::capacity);
    };
    const auto done = wake(all);
    expect_once_each(done, 11);
    for (int n = 0; n < 11; ++n) EXPECT_EQ(only(done, instance(n)).has_value(), n != 6 && n != 7) << n;
    EXPECT_EQ(only(done, instance(6)).error().recovery, Recovery::capacity);
    // One call for each pool, and one more for one of the full one.
    EXPECT_EQ(client.count("StartInstances"), 4);
    EXPECT_LE(client.most_at_once, 2U);
}

TEST_F(Ec2Test, StartsWhatAPoolHasRoomFor) {
    refuse = [](const Call&, const auto& ids) -> std::optional<Error> {
        if (ids.size() <= 2) return std::nullopt;
        return refusal("InsufficientInstanceCapacity", Recovery::capacity);
    };
    const auto done = wake(targets(8));
    for (const auto& [id, outcome] : done) EXPECT_TRUE(outcome.at(0));
}

TEST_F(Ec2Test, DoesNotTakeAnInstanceAwsSaidNothingOfForAccepted) {
    client.answer = [](const Call&) -> Result<std::string> {
        return "<StopInstancesResponse><instancesSet><item><instanceId>i-0</instanceId></item></instancesSet>"
               "</StopInstancesResponse>";
    };
    const auto done = sleep(targets(2));
    EXPECT_TRUE(only(done, instance(0)));
    EXPECT_EQ(only(done, instance(1)).error().recovery, Recovery::retry);
}

TEST_F(Ec2Test, AppliesTheGuardsOfTheSettings) {
    client.answer = [](const Call&) -> Result<std::string> {
        return page(
            "<item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name>"
            "</instanceState><tagSet><item><key>team</key><value>payments</value></item></tagSet></item>"
            "</instancesSet></item>");
    };
    EXPECT_FALSE(only(describe({instance(1)}), instance(1))->guard);
    cloud.set_guards({.production_tags = {"team=pay*"}});
    EXPECT_TRUE(only(describe({instance(1)}), instance(1))->guard);
}

TEST_F(Ec2Test, PartsABatchByTheInstancesThatAwsNames) {
    refuse = [](const Call&, const auto& ids) -> std::optional<Error> {
        if (std::ranges::find(ids, "i-10000017") == ids.end()) return std::nullopt;
        auto error = refusal("OperationNotPermitted", Recovery::tell, ErrorCode::guarded);
        error.message = "The instance 'i-10000017' may not be stopped. Modify its 'disableApiStop' attribute.";
        return error;
    };
    const auto done = sleep(targets(40, "t3.micro/us-east-1a", 10'000'000));
    expect_once_each(done, 40);
    EXPECT_EQ(only(done, instance(10'000'017)).error().code, ErrorCode::guarded);
    EXPECT_TRUE(only(done, instance(10'000'001)));
    EXPECT_EQ(client.calls.size(), 3U) << "the batch, the one that was named, the rest";
}

TEST_F(Ec2Test, DoesNotAskOnForAPoolThatHasNoRoomForOne) {
    refuse = [](const Call&, const auto&) { return refusal("InsufficientInstanceCapacity", Recovery::capacity); };
    const auto done = wake(targets(32));
    expect_once_each(done, 32);
    EXPECT_EQ(only(done, instance(31)).error().recovery, Recovery::capacity);
    EXPECT_EQ(client.calls.size(), 6U) << "32, 16, 8, 4, 2, 1";
}

TEST_F(Ec2Test, HibernatesWhereToldAndReportsWhatCannot) {
    refuse = [](const Call& call, const auto& ids) -> std::optional<Error> {
        const bool young = std::ranges::find(ids, "i-1") != ids.end();
        if (value(call, "Hibernate") != "true" || !young) return std::nullopt;
        return refusal("UnsupportedOperation");
    };
    auto some = targets(3);
    some[0].hibernate = some[1].hibernate = true;
    const auto done = sleep(some);
    expect_once_each(done, 3);
    for (const auto& target : some) EXPECT_EQ(only(done, target.id).has_value(), target.id != some[1].id);
    std::vector<std::string> stopped;
    for (const auto& call : client.calls) {
        auto line = value(call, "Hibernate");
        for (const auto& id : values(call, "InstanceId.")) line += " " + id;
        stopped.push_back(line);
    }
    EXPECT_THAT(stopped, testing::UnorderedElementsAre(" i-2", "true i-0 i-1", "true i-0", "true i-1"));
}

TEST_F(Ec2Test, ReadsStopProtectionBeforeARegistrationOnly) {
    client.answer = [](const Call& call) -> Result<std::string> {
        if (call.operation == "DescribeInstances") return page(item("i-1") + item("i-2"));
        EXPECT_EQ(value(call, "Attribute"), "disableApiStop");
        return "<DescribeInstanceAttributeResponse><disableApiStop><value>" +
               std::string(value(call, "InstanceId") == "i-2" ? "true" : "false") +
               "</value></disableApiStop></DescribeInstanceAttributeResponse>";
    };
    EXPECT_FALSE(only(describe({instance(2)}), instance(2))->guard);
    const auto seen = describe({instance(1), instance(2)}, core::Depth::guards);
    EXPECT_FALSE(only(seen, instance(1))->guard);
    ASSERT_TRUE(only(seen, instance(2))->guard);
    EXPECT_FALSE(only(seen, instance(2))->guard->by_tag);
}

TEST_F(Ec2Test, TellsSpotInstancesThatCanBeStoppedFromThoseThatCannot) {
    const auto spot = [](const std::string& id) {
        return "<item><instancesSet><item><instanceId>" + id +
               "</instanceId><instanceState><name>running</name></instanceState>"
               "<instanceLifecycle>spot</instanceLifecycle><spotInstanceRequestId>sir-" +
               id + "</spotInstanceRequestId></item></instancesSet></item>";
    };
    bool allowed = true;
    client.answer = [&](const Call& call) -> Result<std::string> {
        if (call.operation == "DescribeInstances") return page(spot("i-1") + spot("i-2") + item("i-3"));
        EXPECT_THAT(values(call, "Filter.1.Value."), ElementsAre("sir-i-1", "sir-i-2"));
        if (!allowed) return refusal("UnauthorizedOperation", Recovery::tell, ErrorCode::access_denied);
        return "<DescribeSpotInstanceRequestsResponse><spotInstanceRequestSet>"
               "<item><spotInstanceRequestId>sir-i-1</spotInstanceRequestId><type>persistent</type></item>"
               "<item><spotInstanceRequestId>sir-i-2</spotInstanceRequestId><type>one-time</type></item>"
               "</spotInstanceRequestSet></DescribeSpotInstanceRequestsResponse>";
    };
    auto seen = describe({instance(1), instance(2), instance(3)});
    EXPECT_FALSE(only(seen, instance(1))->guard);
    EXPECT_THAT(only(seen, instance(2))->guard->why, testing::HasSubstr("one-time"));
    EXPECT_FALSE(only(seen, instance(3))->guard);
    allowed = false;
    seen = describe({instance(1), instance(3)});
    EXPECT_THAT(only(seen, instance(1))->guard->why, testing::HasSubstr("DescribeSpotInstanceRequests"));
}

TEST_F(Ec2Test, AsksCloudWatchOnceForAllThatIsAwake) {
    std::string trouble;
    client.answer = [&](const Call& call) -> Result<std::string> {
        if (call.operation == "DescribeInstances") return page(item("i-1") + item("i-2", "stopped") + item("i-3"));
        EXPECT_EQ(call.service, "monitoring");
        EXPECT_EQ(value(call, "MetricDataQueries.member.2.MetricStat.Metric.Dimensions.member.1.Value"), "i-3");
        if (!trouble.empty()) return refusal(trouble, Recovery::tell, ErrorCode::access_denied);
        return "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults>"
               "<member><Id>m0</Id><Values><member>3.5</member><member>41.25</member></Values></member>"
               "<member><Id>m1</Id><Values/></member>"
               "</MetricDataResults></GetMetricDataResult></GetMetricDataResponse>";
    };
    auto seen = describe({instance(1), instance(2), instance(3)}, core::Depth::load);
    EXPECT_EQ(only(seen, instance(1))->load->cpu_percent, 41.25);
    EXPECT_FALSE(only(seen, instance(2))->load) << "asleep";
    EXPECT_FALSE(only(seen, instance(3))->load->cpu_percent) << "no measurement";
    trouble = "AccessDenied";
    seen = describe({instance(1), instance(3)}, core::Depth::load);
    EXPECT_NE(only(seen, instance(1))->load->trouble, "");
}

}  // namespace
}  // namespace doze::aws::ec2_test
