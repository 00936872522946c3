#include <gmock/gmock.h>

#include "adapters/aws/kinds/rds.hpp"
#include "aws_fixture.hpp"

namespace doze::aws::rds_cluster_test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

std::string page(const std::string& clusters, const std::string& marker = "") {
    return R"(<DescribeDBClustersResponse xmlns="http://rds.amazonaws.com/doc/2014-10-31/">
  <DescribeDBClustersResult>
    <DBClusters>)" +
           clusters + "</DBClusters>" + (marker.empty() ? "" : "<Marker>" + marker + "</Marker>") + R"(
  </DescribeDBClustersResult>
  <ResponseMetadata><RequestId>9ff3e24b-e6a5-11e4-a2d0-EXAMPLE</RequestId></ResponseMetadata>
</DescribeDBClustersResponse>)";
}

const std::string members =
    "<DBClusterMembers><DBClusterMember><DBInstanceIdentifier>ledger-1</DBInstanceIdentifier><IsClusterWriter>true"
    "</IsClusterWriter></DBClusterMember></DBClusterMembers>";

std::string cluster(const std::string& status, const std::string& more = members,
                    const std::string& mode = "provisioned") {
    return "<DBCluster><DBClusterIdentifier>ledger</DBClusterIdentifier><Status>" + status + "</Status><EngineMode>" +
           mode + "</EngineMode>" + more + "</DBCluster>";
}

std::string changed(const Call& call) {
    return "<" + call.operation + R"(Response xmlns="http://rds.amazonaws.com/doc/2014-10-31/"><)" + call.operation +
           "Result>" + cluster("available") + "</" + call.operation +
           "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + call.operation + "Response>";
}

class RdsClusterTest : public AwsTest {
   protected:
    RdsClusterTest() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            return call.operation == "DescribeDBClusters" ? page(described) : changed(call);
        };
    }

    const core::ResourceId ledger = core::rds_cluster(us, DatabaseName("ledger"));
    const std::vector<core::Target> targets{{.id = ledger, .size = {1}, .pool = ""}};
    std::string described = cluster("available");

    core::Observation seen() { return only(describe({ledger}), ledger).value(); }
};

TEST_F(RdsClusterTest, ReadsAClusterAsAwsDescribesIt) {
    // Shortened by what doze does not read.
    described = R"(<DBCluster>
        <AllocatedStorage>1</AllocatedStorage>
        <AutomaticRestartTime>2026-12-01T08:15:30Z</AutomaticRestartTime>
        <AvailabilityZones><AvailabilityZone>us-east-1a</AvailabilityZone></AvailabilityZones>
        <DBClusterIdentifier>ledger</DBClusterIdentifier>
        <DBClusterArn>arn:aws:rds:us-east-1:123456789012:cluster:ledger</DBClusterArn>
        <Status>stopped</Status>
        <ClusterCreateTime>2026-01-18T23:30:42+00:00</ClusterCreateTime>
        <Endpoint>ledger.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com</Endpoint>
        <ReaderEndpoint>ledger.cluster-ro-abcdefghijkl.us-east-1.rds.amazonaws.com</ReaderEndpoint>
        <Port>5432</Port>
        <MultiAZ>false</MultiAZ>
        <Engine>aurora-postgresql</Engine>
        <EngineMode>provisioned</EngineMode>
        <ReadReplicaIdentifiers/>
        <DBClusterMembers>
          <DBClusterMember>
            <DBInstanceIdentifier>ledger-1</DBInstanceIdentifier>
            <IsClusterWriter>true</IsClusterWriter>
            <DBClusterParameterGroupStatus>in-sync</DBClusterParameterGroupStatus>
            <PromotionTier>1</PromotionTier>
          </DBClusterMember>
          <DBClusterMember>
            <DBInstanceIdentifier>ledger-2</DBInstanceIdentifier>
            <IsClusterWriter>false</IsClusterWriter>
          </DBClusterMember>
        </DBClusterMembers>
        <TagList><Tag><Key>doze</Key><Value>never</Value></Tag></TagList>
      </DBCluster>)";
    const auto items = list(core::Kind::rds_cluster, us);
    ASSERT_TRUE(items);
    const auto& clusters = std::get<std::vector<core::Item>>(*items);
    ASSERT_THAT(clusters, SizeIs(1));
    const auto& seen = clusters[0].seen;
    EXPECT_EQ(seen.id, ledger);
    EXPECT_EQ(seen.phase, core::Phase::asleep);
    EXPECT_EQ(seen.restarts_at,
              core::WallTime(std::chrono::sys_days(std::chrono::year(2026) / 12 / 1) + 8h + 15min + 30s));
    EXPECT_EQ(seen.created_at, core::WallTime(std::chrono::seconds(1768779042))) << "2026-01-18T23:30:42Z";
    EXPECT_EQ(seen.guard, (core::Guard{.why = "The tag doze=never guards it.", .by_tag = true}));
    const auto& details = clusters[0].seen.details;
    ASSERT_THAT(details, SizeIs(4));
    EXPECT_EQ(std::get<std::string>(details[0].value), "aurora-postgresql");
    EXPECT_EQ(std::get<std::string>(details[1].value), "provisioned");
    EXPECT_EQ(details[2].name, "members");
    EXPECT_EQ(std::get<std::int64_t>(details[2].value), 2);
    EXPECT_EQ(std::get<std::string>(details[3].value), "ledger.cluster-abcdefghijkl.us-east-1.rds.amazonaws.com:5432");
}

TEST_F(RdsClusterTest, SurveysEveryPageAndLooksByFilter) {
    client.answer = [](const Call& call) -> Result<std::string> {
        return page(cluster("available"), value(call, "Marker").empty() ? "second" : "");
    };
    const auto items = list(core::Kind::rds_cluster, us);
    ASSERT_TRUE(items);
    EXPECT_THAT(std::get<std::vector<core::Item>>(*items), SizeIs(2));
    const auto other = core::rds_cluster(us, DatabaseName("other"));
    const auto all = describe({ledger, other});
    EXPECT_EQ(only(all, ledger)->phase, core::Phase::awake);
    EXPECT_EQ(only(all, other)->phase, core::Phase::gone);
    EXPECT_EQ(value(client.calls.at(2), "Filters.Filter.1.Name"), "db-cluster-id");
    EXPECT_THAT(values(client.calls.at(2), "Filters.Filter.1.Values.Value."), ElementsAre("ledger", "other"));
}

TEST_F(RdsClusterTest, AsksForTheLoad) {
    EXPECT_NE(only(describe({ledger}, core::Depth::load), ledger)->load, std::nullopt);
    EXPECT_THAT(client.calls.at(1).body, HasSubstr("Dimensions.member.1.Name=DBClusterIdentifier"));
}

TEST_F(RdsClusterTest, GuardsWhatRdsDoesNotStop) {
    const auto guard_of = [this](const std::string& more, const std::string& mode = "provisioned") {
        described = cluster("available", more, mode);
        const auto guard = seen().guard;
        EXPECT_FALSE(guard && guard->by_tag) << more;
        return guard ? guard->why : "";
    };
    EXPECT_EQ(guard_of(members), "");
    EXPECT_EQ(guard_of(members + "<GlobalClusterIdentifier/><ReadReplicaIdentifiers/><ReplicationSourceIdentifier/>"),
              "");
    EXPECT_EQ(guard_of(members + "<ServerlessV2ScalingConfiguration><MinCapacity>0.5</MinCapacity>"
                                 "</ServerlessV2ScalingConfiguration>"),
              "");
    EXPECT_THAT(guard_of(members + "<GlobalClusterIdentifier>world</GlobalClusterIdentifier>"),
                HasSubstr("global database world"));
    EXPECT_THAT(guard_of(members, "global"), HasSubstr("global database"));
    EXPECT_THAT(guard_of("", "serverless"), HasSubstr("Serverless v1"));
    EXPECT_THAT(guard_of(members, "multimaster"), HasSubstr("multi-master"));
    EXPECT_THAT(guard_of(members + "<DBClusterInstanceClass>db.m6gd.large</DBClusterInstanceClass>"),
                HasSubstr("Multi-AZ DB cluster"));
    EXPECT_THAT(guard_of(members + "<ReplicationSourceIdentifier>arn:aws:rds:eu-west-1:1:cluster:main"
                                   "</ReplicationSourceIdentifier>"),
                HasSubstr("replica of arn:aws:rds:eu-west-1:1:cluster:main"));
    EXPECT_THAT(guard_of(members + "<ReadReplicaIdentifiers><ReadReplicaIdentifier>copy</ReadReplicaIdentifier>"
                                   "</ReadReplicaIdentifiers>"),
                HasSubstr("has the replica copy"));
    EXPECT_THAT(guard_of("<DBClusterMembers/>"), HasSubstr("no instances"));
}

TEST_F(RdsClusterTest, StopsAndStartsTheClusterAsAWhole) {
    EXPECT_TRUE(only(sleep(targets), ledger));
    EXPECT_TRUE(only(wake(targets), ledger));
    ASSERT_THAT(client.operations(), ElementsAre("StopDBCluster", "StartDBCluster"));
    for (const auto& call : client.calls) {
        EXPECT_EQ(value(call, "DBClusterIdentifier"), "ledger");
        EXPECT_EQ(call.iam_action, "rds:" + call.operation);
    }
}

TEST_F(RdsClusterTest, NeverTakesGarbageForGoneOrForAccepted) {
    auto bodies = garbage;
    bodies.push_back(page("<DBCluster/>"));
    bodies.push_back(page("<DBCluster><DBClusterIdentifier>ledger</DBClusterIdentifier></DBCluster>"));
    for (const auto& body : bodies) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(list(core::Kind::rds_cluster, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(describe({ledger}), ledger)) << body.substr(0, 80);
        EXPECT_EQ(only(sleep(targets), ledger).error().recovery, Recovery::retry) << body.substr(0, 80);
    }
}

}  // namespace
}  // namespace doze::aws::rds_cluster_test
