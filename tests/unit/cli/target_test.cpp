#include "cli/target.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>

namespace doze::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const core::ResourceId build_box = core::ec2(Region("us-east-1"), InstanceId("i-0123456789abcdef0"));
const core::ResourceId api = core::ecs(Region("us-east-1"), ClusterName("web"), ServiceName("api"));
const core::ResourceId api_in_seoul = core::ecs(Region("ap-northeast-2"), ClusterName("web"), ServiceName("api"));
const core::ResourceId workers = core::eks(Region("us-east-1"), ClusterName("main"), NodegroupName("workers"));
const core::ResourceId fleet = core::asg(Region("us-east-1"), GroupName("fleet"));
const core::ResourceId orders = core::rds(Region("us-east-1"), DatabaseName("orders"));
const core::ResourceId ledger = core::rds_cluster(Region("us-east-1"), DatabaseName("ledger"));

TEST(Target, NamesAnInstanceByItsIdAlone) {
    const auto target = parse_target("i-0123456789abcdef0", "").value();
    EXPECT_FALSE(target.has_region());
    EXPECT_EQ(target.id.name, build_box.name);
}

TEST(Target, NamesServicesAndNodeGroups) {
    EXPECT_EQ(parse_target("ecs:web/api", "").value().id.name, api.name);
    EXPECT_EQ(parse_target("eks:main/workers", "").value().id.name, workers.name);
}

TEST(Target, NamesGroupsAndDatabases) {
    EXPECT_EQ(parse_target("asg:fleet", "us-east-1").value().id, fleet);
    EXPECT_EQ(parse_target("rds:orders", "us-east-1").value().id, orders);
    EXPECT_EQ(parse_target("rds-cluster:ledger", "us-east-1").value().id, ledger);
    EXPECT_FALSE(parse_target("rds:", "us-east-1").has_value());
}

TEST(Target, TakesWhatDozePrints) {
    for (const auto& id : {build_box, api, workers, fleet, orders, ledger}) {
        EXPECT_EQ(parse_target(core::to_string(id), "").value().id, id);
    }
}

TEST(Target, TakesTheRegionFromItsOption) {
    EXPECT_EQ(parse_target("ecs:web/api", "ap-northeast-2").value().id, api_in_seoul);
    EXPECT_EQ(parse_target(core::to_string(api), "us-east-1").value().id, api);
    EXPECT_THAT(parse_target(core::to_string(api), "eu-west-1").error().message, HasSubstr("--region says eu-west-1"));
    EXPECT_FALSE(parse_target("ecs:web/api", "mars").has_value());
}

TEST(Target, SaysHowToWriteOne) {
    for (const auto* text : {"", "web", "web/api", "ecs:web", "ec2", "s3:bucket/key", "ecs:us-east-1:web", "::"}) {
        const auto target = parse_target(text, "");
        ASSERT_FALSE(target.has_value()) << text;
        EXPECT_THAT(target.error().next_step, HasSubstr("KIND:CLUSTER/NAME")) << text;
    }
    EXPECT_FALSE(parse_target("i-xyz", "").has_value());
}

TEST(Target, OfAScaleMayLeaveTheKindOut) {
    EXPECT_EQ(parse_sized_target("main/workers", "us-east-1").value().id, workers);
    EXPECT_EQ(parse_sized_target("eks:us-east-1:main/workers", "").value().id, workers);
    EXPECT_EQ(parse_sized_target("asg:fleet", "us-east-1").value().id, fleet);
    EXPECT_THAT(parse_sized_target("rds:orders", "").error().message, HasSubstr("has no size"));
    EXPECT_THAT(parse_sized_target("ecs:web/api", "").error().message, HasSubstr("has no size"));
    EXPECT_FALSE(parse_sized_target("workers", "").has_value());
}

TEST(Locate, FindsTheOneRegion) {
    const auto target = parse_target("ecs:web/api", "").value();
    EXPECT_EQ(locate(target, {build_box, api, workers, api}).value(), api);
}

TEST(Locate, AsksWhereThereAreSeveralOrNone) {
    const auto target = parse_target("ecs:web/api", "").value();
    EXPECT_THAT(locate(target, {api, api_in_seoul}).error().message,
                HasSubstr("ecs:web/api exists in several regions: ap-northeast-2, us-east-1"));
    const auto none = locate(parse_target("i-0123456789abcdef0", "").value(), {api});
    EXPECT_EQ(none.error().code, ErrorCode::not_found);
    EXPECT_THAT(none.error().message, HasSubstr("has not seen i-0123456789abcdef0"));
}

TEST(Locate, BelievesThePersonOverTheInventory) {
    EXPECT_EQ(locate(parse_target("ecs:web/api", "ap-northeast-2").value(), {api}).value(), api_in_seoul);
}

TEST(Target, IsFoundInTheListsOfTheDaemon) {
    const auto all = boost::json::parse(R"({
        "ec2_instances": [{"id": "i-0123456789abcdef0", "region": "us-east-1"}],
        "ecs_clusters": [{"name": "web", "region": "us-east-1", "services": [{"name": "api"}]},
                         {"name": "empty", "region": "us-east-1", "services": []}],
        "eks_clusters": [{"name": "main", "region": "us-east-1", "nodegroups": [{"name": "workers"}]}],
        "autoscaling_groups": [{"name": "fleet", "region": "us-east-1"}],
        "rds_instances": [{"name": "orders", "region": "us-east-1"}],
        "rds_clusters": [{"name": "ledger", "region": "us-east-1"}]})");
    EXPECT_THAT(resources_in(all.as_object()), ElementsAre(build_box, api, workers, fleet, orders, ledger));
    const auto registered = boost::json::parse(R"({
        "ec2_instances": [{"instance_id": "i-0123456789abcdef0", "region": "us-east-1"}],
        "ecs_services": [{"cluster_name": "web", "service_name": "api", "region": "us-east-1"}],
        "eks_nodegroups": [{"cluster_name": "main", "nodegroup_name": "workers", "region": "us-east-1"}],
        "autoscaling_groups": [{"group_name": "fleet", "region": "us-east-1"}],
        "rds_instances": [{"db_instance": "orders", "region": "us-east-1"}],
        "rds_clusters": [{"db_cluster": "ledger", "region": "us-east-1"}]})");
    EXPECT_THAT(resources_in(registered.as_object()), ElementsAre(build_box, api, workers, fleet, orders, ledger));
    EXPECT_THAT(resources_in({{"ec2_instances", nullptr}}), ElementsAre());
}

TEST(Target, BecomesTheMembersOfAMessage) {
    EXPECT_EQ(boost::json::serialize(to_content(workers)),
              R"({"service_type":"EKS","cluster_name":"main","nodegroup_name":"workers","region":"us-east-1"})");
    EXPECT_EQ(boost::json::serialize(to_content(build_box)),
              R"({"service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"us-east-1"})");
    EXPECT_EQ(boost::json::serialize(to_content(ledger)),
              R"({"service_type":"RDS_CLUSTER","db_cluster":"ledger","region":"us-east-1"})");
}

}  // namespace
}  // namespace doze::cli
