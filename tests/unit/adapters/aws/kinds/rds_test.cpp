#include "adapters/aws/kinds/rds.hpp"

#include <gmock/gmock.h>

#include "aws_fixture.hpp"

namespace doze::aws::rds_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

std::string page(const std::string& instances, const std::string& marker = "") {
    return R"(<DescribeDBInstancesResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
  <DescribeDBInstancesResult>
    <DBInstances>)" +
           instances + "</DBInstances>" + (marker.empty() ? "" : "<Marker>" + marker + "</Marker>") + R"(
  </DescribeDBInstancesResult>
  <ResponseMetadata><RequestId>01b2685a-b978-11d3-f272-7cd6cce12cc5</RequestId></ResponseMetadata>
</DescribeDBInstancesResponse>)";
}

std::string instance(const std::string& status, const std::string& more = "", const std::string& engine = "postgres") {
    return "<DBInstance><DBInstanceIdentifier>orders</DBInstanceIdentifier><DBInstanceStatus>" + status +
           "</DBInstanceStatus><Engine>" + engine + "</Engine>" + more + "</DBInstance>";
}

std::string changed(const Call& call) {
    return "<" + call.operation + R"(Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><)" + call.operation +
           "Result>" + instance("stopping") + "</" + call.operation +
           "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + call.operation + "Response>";
}

class RdsTest : public AwsTest {
   protected:
    RdsTest() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            return call.operation == "DescribeDBInstances" ? page(described) : changed(call);
        };
    }

    const core::ResourceId orders = core::rds(us, DatabaseName("orders"));
    std::string described = instance("available");

    core::Observation seen() { return only(describe({orders}), orders).value(); }

    std::string guard_of(const std::string& more, const std::string& engine = "postgres") {
        described = instance("available", more, engine);
        const auto guard = seen().guard;
        EXPECT_FALSE(guard && guard->by_tag) << more;
        return guard ? guard->why : "";
    }

    core::Target target(const std::string& name) const {
        return {.id = core::rds(us, DatabaseName(name)), .size = {1}, .pool = ""};
    }
};

/// Shortened by what doze does not read.
const std::string stopped_by_aws_words = R"(<DBInstance>
        <AllocatedStorage>20</AllocatedStorage>
        <AutomaticRestartTime>2026-12-01T08:15:30.123Z</AutomaticRestartTime>
        <DBInstanceIdentifier>orders</DBInstanceIdentifier>
        <DBInstanceArn>arn:aws:rds:us-east-1:123456789012:db:orders</DBInstanceArn>
        <DBInstanceClass>db.t4g.micro</DBInstanceClass>
        <DBInstanceStatus>stopped</DBInstanceStatus>
        <InstanceCreateTime>2026-01-18T23:30:42.611Z</InstanceCreateTime>
        <Endpoint>
          <Address>orders.abcdefghijkl.us-east-1.rds.amazonaws.com</Address>
          <Port>5432</Port>
          <HostedZoneId>Z2R2ITUGPM61AM</HostedZoneId>
        </Endpoint>
        <Engine>postgres</Engine>
        <EngineVersion>16.4</EngineVersion>
        <MasterUsername>postgres</MasterUsername>
        <MultiAZ>true</MultiAZ>
        <ReadReplicaDBInstanceIdentifiers/>
        <PendingModifiedValues/>
        <TagList>
          <Tag><Key>team</Key><Value>shop</Value></Tag>
          <Tag><Key>env</Key><Value>Production</Value></Tag>
        </TagList>
      </DBInstance>)";

TEST_F(RdsTest, ReadsAnInstanceAsAwsDescribesIt) {
    described = stopped_by_aws_words;
    const auto items = list(core::Kind::rds, us);
    ASSERT_TRUE(items);
    const auto& instances = std::get<std::vector<core::Item>>(*items);
    ASSERT_THAT(instances, SizeIs(1));
    const auto& seen = instances[0].seen;
    EXPECT_EQ(seen.id, orders);
    EXPECT_EQ(seen.phase, core::Phase::asleep);
    EXPECT_EQ(seen.state, "stopped");
    EXPECT_EQ(seen.size, core::Size{.desired = 0});
    EXPECT_EQ(seen.restarts_at,
              core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 8h + 15min + 30s));
    EXPECT_EQ(seen.created_at, core::WallTime(std::chrono::seconds(1768779042))) << "2026-01-18T23:30:42Z";
    EXPECT_EQ(seen.guard, (core::Guard{.why = "The tag env=Production guards it.", .by_tag = true}));
    const auto& details = instances[0].seen.details;
    ASSERT_THAT(details, SizeIs(4));
    EXPECT_EQ(details[0].name, "engine");
    EXPECT_EQ(std::get<std::string>(details[0].value), "postgres");
    EXPECT_EQ(details[1].name, "instance_class");
    EXPECT_EQ(std::get<std::string>(details[1].value), "db.t4g.micro");
    EXPECT_EQ(details[2].name, "multi_az");
    EXPECT_EQ(std::get<std::string>(details[2].value), "yes");
    EXPECT_EQ(details[3].name, "endpoint");
    EXPECT_EQ(std::get<std::string>(details[3].value), "orders.abcdefghijkl.us-east-1.rds.amazonaws.com:5432");
}

TEST_F(RdsTest, ShowsNoEndpointWhileThereIsNone) {
    described = instance("creating");
    const auto items = list(core::Kind::rds, us);
    ASSERT_TRUE(items);
    const auto& details = std::get<std::vector<core::Item>>(*items).at(0).seen.details;
    EXPECT_TRUE(std::holds_alternative<std::monostate>(details.at(3).value));
}

TEST_F(RdsTest, KnowsWhichStatesPassAndWhichCanBeActedOn) {
    struct Case {
        std::string status;
        core::Phase phase;
        bool settled;
        int desired;
    };
    for (const auto& [status, phase, settled, desired] : std::vector<Case>{
             {"available", core::Phase::awake, true, 1},
             {"stopping", core::Phase::falling_asleep, false, 0},
             {"stopped", core::Phase::asleep, true, 0},
             {"inaccessible-encryption-credentials-recoverable", core::Phase::asleep, true, 0},
             {"starting", core::Phase::waking, false, 0},
             {"deleting", core::Phase::gone, true, 0},
             {"backing-up", core::Phase::changing, false, 1},
             {"storage-optimization", core::Phase::changing, false, 1},
             {"maintenance", core::Phase::changing, false, 1},
             {"a-word-of-tomorrow", core::Phase::changing, false, 1},
         }) {
        described = instance(status);
        EXPECT_EQ(seen().phase, phase) << status;
        EXPECT_EQ(seen().settled, settled) << status;
        EXPECT_EQ(seen().size, core::Size{.desired = desired}) << status;
        EXPECT_EQ(seen().state, status);
    }
}

TEST_F(RdsTest, TellsWhichStatesDoNotPass) {
    for (const auto* status :
         {"failed", "storage-full", "incompatible-network", "incompatible-parameters", "restore-error",
          "insufficient-capacity", "inaccessible-encryption-credentials", "migration-failed"}) {
        described = instance(status);
        EXPECT_TRUE(seen().stuck) << status;
        EXPECT_NE(seen().advice, "") << status;
    }
    for (const auto* status : {"available", "stopped", "backing-up", "modifying", "storage-optimization",
                               "inaccessible-encryption-credentials-recoverable", "starting", "renaming"}) {
        described = instance(status);
        EXPECT_FALSE(seen().stuck) << status;
    }
}

TEST_F(RdsTest, TellsWhenAwsStartsItAgainOnlyWhileItIsStopped) {
    const auto restart_of = [this](const std::string& status, const std::string& time) {
        described = instance(status, "<AutomaticRestartTime>" + time + "</AutomaticRestartTime>");
        return seen().restarts_at;
    };
    const auto eight = core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 8h);
    EXPECT_EQ(restart_of("stopped", "2026-12-01T08:00:00Z"), eight);
    EXPECT_EQ(restart_of("stopped", "2026-12-01T08:00:00+00:00"), eight);
    EXPECT_EQ(restart_of("available", "2026-12-01T08:00:00Z"), std::nullopt);
    for (const std::string none :
         {"", "soon", "2026-12-01", "2026-12-01T08:00:00", "2026-12-01T08:00:00.", "2026-13-01T08:00:00Z"})
        EXPECT_EQ(restart_of("stopped", none), std::nullopt) << none;
}

TEST_F(RdsTest, SurveysEveryPage) {
    client.answer = [](const Call& call) -> Result<std::string> {
        return page(instance("available"), value(call, "Marker").empty() ? "second" : "");
    };
    const auto items = list(core::Kind::rds, us);
    ASSERT_TRUE(items);
    EXPECT_THAT(std::get<std::vector<core::Item>>(*items), SizeIs(2));
    ASSERT_THAT(client.calls, SizeIs(2));
    const auto& call = client.calls[1];
    EXPECT_EQ(call.service, "rds");
    EXPECT_EQ(call.iam_action, "rds:DescribeDBInstances");
    EXPECT_EQ(value(call, "Version"), "2014-10-31");
    EXPECT_EQ(value(call, "MaxRecords"), "100");
    EXPECT_EQ(value(call, "Marker"), "second");
}

TEST_F(RdsTest, LooksByFilterSoThatAMissingNameFailsNobody) {
    const auto other = core::rds(us, DatabaseName("other"));
    const auto all = describe({orders, other});
    EXPECT_EQ(only(all, orders)->phase, core::Phase::awake);
    EXPECT_EQ(only(all, other)->phase, core::Phase::gone);
    ASSERT_THAT(client.calls, SizeIs(1));
    EXPECT_EQ(value(client.calls[0], "Filters.Filter.1.Name"), "db-instance-id");
    EXPECT_THAT(values(client.calls[0], "Filters.Filter.1.Values.Value."), ElementsAre("orders", "other"));
    EXPECT_THAT(values(client.calls[0], "DBInstanceIdentifier"), IsEmpty());
}

TEST_F(RdsTest, LooksAtNoMoreThanFitIntoOnePage) {
    std::vector<core::ResourceId> ids;
    for (int i = 0; i < 120; ++i) ids.push_back(core::rds(us, DatabaseName("db" + std::to_string(i))));
    expect_once_each(describe(ids), 120);
    EXPECT_THAT(client.calls, SizeIs(3));
}

TEST_F(RdsTest, AsksForTheLoad) {
    EXPECT_NE(only(describe({orders}, core::Depth::load), orders)->load, std::nullopt);
    EXPECT_THAT(client.calls.at(1).body, HasSubstr("Namespace=AWS%2FRDS"));
    EXPECT_THAT(client.calls.at(1).body, HasSubstr("Dimensions.member.1.Name=DBInstanceIdentifier"));
}

TEST_F(RdsTest, GuardsWhatRdsDoesNotStop) {
    EXPECT_EQ(guard_of(""), "");
    EXPECT_EQ(guard_of("<MultiAZ>true</MultiAZ><ReadReplicaDBInstanceIdentifiers/>"), "");
    EXPECT_THAT(guard_of("<DBClusterIdentifier>ledger</DBClusterIdentifier>", "aurora-postgresql"),
                HasSubstr("belongs to the cluster ledger"));
    EXPECT_THAT(guard_of("<ReadReplicaSourceDBInstanceIdentifier>main</ReadReplicaSourceDBInstanceIdentifier>"),
                HasSubstr("read replica or has one (main)"));
    EXPECT_THAT(guard_of("<ReadReplicaSourceDBClusterIdentifier>main</ReadReplicaSourceDBClusterIdentifier>"),
                HasSubstr("(main)"));
    EXPECT_THAT(guard_of("<ReadReplicaDBInstanceIdentifiers><ReadReplicaDBInstanceIdentifier>copy"
                         "</ReadReplicaDBInstanceIdentifier></ReadReplicaDBInstanceIdentifiers>"),
                HasSubstr("(copy)"));
    EXPECT_THAT(guard_of("<ReadReplicaDBClusterIdentifiers><ReadReplicaDBClusterIdentifier>copies"
                         "</ReadReplicaDBClusterIdentifier></ReadReplicaDBClusterIdentifiers>"),
                HasSubstr("(copies)"));
    EXPECT_EQ(guard_of("<MultiAZ>false</MultiAZ>", "sqlserver-se"), "");
    EXPECT_THAT(guard_of("<MultiAZ>true</MultiAZ>", "sqlserver-se"), HasSubstr("SQL Server"));
    EXPECT_EQ(guard_of("", "oracle-ee"), "");
    EXPECT_EQ(guard_of("", "db2-se"), "");
    EXPECT_THAT(guard_of("", "custom-oracle-ee"), HasSubstr("custom-oracle-ee"));
}

TEST_F(RdsTest, StopsAndStartsByNameAndTakesNoSnapshot) {
    EXPECT_TRUE(only(sleep({target("orders")}), orders));
    EXPECT_TRUE(only(wake({target("orders")}), orders));
    ASSERT_THAT(client.operations(), ElementsAre("StopDBInstance", "StartDBInstance"));
    for (const auto& call : client.calls) {
        EXPECT_EQ(value(call, "DBInstanceIdentifier"), "orders");
        EXPECT_THAT(values(call, "DBSnapshotIdentifier"), IsEmpty());
        EXPECT_EQ(call.iam_action, "rds:" + call.operation);
    }
}

TEST_F(RdsTest, OneThatIsRefusedHoldsUpNoOther) {
    client.answer = [](const Call& call) -> Result<std::string> {
        if (value(call, "DBInstanceIdentifier") == "b") return refusal("InvalidDBInstanceState", Recovery::wait);
        return changed(call);
    };
    const auto done = sleep({target("a"), target("b"), target("c")});
    expect_once_each(done, 3);
    EXPECT_TRUE(only(done, target("a").id));
    EXPECT_EQ(only(done, target("b").id).error().recovery, Recovery::wait);
    EXPECT_TRUE(only(done, target("c").id));
}

TEST_F(RdsTest, NeverTakesGarbageForGoneOrForAccepted) {
    auto bodies = garbage;
    bodies.push_back(page("<DBInstance/>"));
    bodies.push_back(page("<DBInstance><DBInstanceIdentifier>orders</DBInstanceIdentifier></DBInstance>"));
    bodies.emplace_back("<StopDBInstanceResponse><StopDBInstanceResult/></StopDBInstanceResponse>");
    bodies.emplace_back("<DescribeDBInstancesResponse><DescribeDBInstancesResult/></DescribeDBInstancesResponse>");
    for (const auto& body : bodies) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(list(core::Kind::rds, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(describe({orders}), orders)) << body.substr(0, 80);
        EXPECT_EQ(only(sleep({target("orders")}), orders).error().recovery, Recovery::retry) << body.substr(0, 80);
    }
}

}  // namespace
}  // namespace doze::aws::rds_test
