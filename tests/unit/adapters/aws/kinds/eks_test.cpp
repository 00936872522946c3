#include "adapters/aws/kinds/eks.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "aws_fixture.hpp"

namespace doze::aws::eks_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

using Path = std::vector<std::string>;

boost::json::object body_of(const Call& call) {
    return boost::json::parse(call.body).as_object();
}

std::string nodegroup(int min, int desired, int max, const std::string& status = "ACTIVE",
                      const boost::json::object& tags = {}) {
    return boost::json::serialize(
        boost::json::object{{"nodegroup",
                             {{"nodegroupName", "pool"},
                              {"status", status},
                              {"scalingConfig", {{"minSize", min}, {"desiredSize", desired}, {"maxSize", max}}},
                              {"instanceTypes", boost::json::array({"t3.large", "t3a.large"})},
                              {"tags", tags}}}});
}

class EksTest : public AwsTest {
   protected:
    EksTest() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            if (call.operation == "UpdateNodegroupConfig") return R"({"update":{"id":"u","status":"InProgress"}})";
            return described;
        };
    }

    std::string described = nodegroup(1, 2, 4);
    const core::ResourceId pool = core::eks(us, ClusterName("k0"), NodegroupName("pool"));

    core::Observation seen() { return only(describe({pool}), pool).value(); }

    /// The sizes of the only update that went out.
    boost::json::value sizes_sent() const {
        const auto update = std::ranges::find(client.calls, "UpdateNodegroupConfig", &Call::operation);
        return body_of(*update).at("scalingConfig");
    }
};

TEST_F(EksTest, SurveysEveryPageOfClustersAndNodeGroups) {
    client.answer = [](const Call& call) -> Result<std::string> {
        const auto token = call.query.size() > 1 ? call.query[1].second : "";
        if (call.operation == "ListClusters") {
            if (token.empty()) return R"({"clusters":["k0"],"nextToken":"k0"})";
            if (token == "k0") return R"({"clusters":["k1"],"nextToken":"k1"})";
            return R"({"clusters":["k2"],"nextToken":null})";
        }
        if (call.operation == "DescribeCluster")
            return R"({"cluster":{"name":")" + call.path.at(1) +
                   R"(","status":"ACTIVE","version":"1.31","endpoint":"https://x","createdAt":1764000000.25}})";
        if (call.operation == "ListNodegroups") {
            if (call.path.at(1) != "k0") return R"({"nodegroups":[]})";
            if (token.empty()) return R"({"nodegroups":["pool-b"],"nextToken":"2"})";
            return R"({"nodegroups":["pool-a"]})";
        }
        return nodegroup(1, 2, 4);
    };
    const auto items = list(core::Kind::eks, us);
    ASSERT_TRUE(items);
    const auto& clusters = std::get<std::vector<core::EksCluster>>(*items);
    ASSERT_THAT(clusters, SizeIs(3));
    EXPECT_EQ(clusters[0].name, ClusterName("k0"));
    EXPECT_EQ(clusters[0].version, "1.31");
    EXPECT_EQ(clusters[0].endpoint, "https://x");
    EXPECT_EQ(clusters[0].created_at, core::WallTime(std::chrono::milliseconds(1764000000250)));
    ASSERT_THAT(clusters[0].nodegroups, SizeIs(2));
    EXPECT_EQ(clusters[0].nodegroups[0].seen.id, core::eks(us, ClusterName("k0"), NodegroupName("pool-a")));
    EXPECT_EQ(clusters[0].nodegroups[0].instance_type, "t3.large");
    EXPECT_EQ(clusters[0].nodegroups[0].seen.size, (core::Size{.desired = 2, .min = 1, .max = 4}));
    EXPECT_EQ(client.count("ListClusters"), 3);
    EXPECT_EQ(client.count("ListNodegroups"), 4);
    for (const auto& call : client.calls) {
        EXPECT_EQ(call.iam_action, "eks:" + call.operation);
        EXPECT_EQ(call.method, "GET");
        if (call.operation == "DescribeNodegroup") {
            EXPECT_EQ(call.path.at(2), "node-groups");
        }
    }
}

TEST_F(EksTest, LeavesOutWhatWentWhileItLooked) {
    client.answer = [](const Call& call) -> Result<std::string> {
        if (call.operation == "ListClusters") return R"({"clusters":["k0","k1"]})";
        if (call.operation == "DescribeCluster" && call.path.at(1) == "k0") return R"({"cluster":{"name":"k0"}})";
        if (call.operation == "ListNodegroups") return R"({"nodegroups":["pool"]})";
        return refusal("ResourceNotFoundException", Recovery::tell, ErrorCode::not_found);
    };
    const auto items = list(core::Kind::eks, us);
    ASSERT_TRUE(items);
    const auto& clusters = std::get<std::vector<core::EksCluster>>(*items);
    ASSERT_THAT(clusters, SizeIs(1));
    EXPECT_THAT(clusters[0].nodegroups, SizeIs(0));
    EXPECT_EQ(clusters[0].version, std::nullopt);
    EXPECT_EQ(clusters[0].created_at, std::nullopt);
}

TEST_F(EksTest, FailsTheSurveyWhereAnyPartOfItFails) {
    const auto answer = [](const Call& call) -> std::string {
        if (call.operation == "ListClusters") return R"({"clusters":["k0"]})";
        if (call.operation == "DescribeCluster") return R"({"cluster":{"name":"k0"}})";
        if (call.operation == "ListNodegroups") return R"({"nodegroups":["pool"]})";
        return nodegroup(1, 2, 4);
    };
    client.answer = answer;
    ASSERT_TRUE(list(core::Kind::eks, us));
    for (const std::string broken : {"ListClusters", "DescribeCluster", "ListNodegroups", "DescribeNodegroup"}) {
        client.answer = [&](const Call& call) -> Result<std::string> {
            if (call.operation == broken) return refusal("AccessDeniedException");
            return answer(call);
        };
        EXPECT_EQ(list(core::Kind::eks, us).error().aws_code, "AccessDeniedException") << broken;
    }
}

TEST_F(EksTest, TellsWhatANodeGroupDoes) {
    struct Case {
        std::string status;
        int desired;
        core::Phase phase;
    };
    for (const auto& [status, desired, phase] : std::vector<Case>{
             {"ACTIVE", 2, core::Phase::awake},
             {"ACTIVE", 0, core::Phase::asleep},
             {"DEGRADED", 2, core::Phase::awake},
             {"DEGRADED", 0, core::Phase::asleep},
             {"UPDATING", 2, core::Phase::changing},
             {"CREATING", 2, core::Phase::changing},
             {"DELETING", 2, core::Phase::gone},
             {"CREATE_FAILED", 2, core::Phase::changing},
             {"DELETE_FAILED", 2, core::Phase::changing},
             {"NEW_WORD", 2, core::Phase::changing},
         }) {
        described = nodegroup(0, desired, 4, status);
        EXPECT_EQ(seen().phase, phase) << status;
        EXPECT_EQ(seen().settled, phase != core::Phase::changing) << status;
        EXPECT_EQ(seen().state, status);
    }
}

TEST_F(EksTest, TellsWhichStatesDoNotPass) {
    for (const auto& [status, stuck] : std::map<std::string, bool>{{"CREATE_FAILED", true},
                                                                   {"DELETE_FAILED", true},
                                                                   {"CREATING", false},
                                                                   {"UPDATING", false},
                                                                   {"DEGRADED", false},
                                                                   {"ACTIVE", false}}) {
        described = nodegroup(1, 2, 4, status);
        EXPECT_EQ(seen().stuck, stuck) << status;
    }
}

TEST_F(EksTest, GuardsByTag) {
    EXPECT_EQ(seen().guard, std::nullopt);
    described = nodegroup(1, 2, 4, "ACTIVE", {{"stage", "live"}});
    EXPECT_EQ(seen().guard, (core::Guard{.why = "The tag stage=live guards it.", .by_tag = true}));
}

TEST_F(EksTest, TakesForGoneOnlyWhatEksSaysIsNotThere) {
    const auto answer_with = [this](Result<std::string> answer) {
        client.answer = [answer](const Call&) { return answer; };
        return describe({pool}).at(pool).at(0);
    };
    EXPECT_EQ(answer_with(refusal("ResourceNotFoundException"))->phase, core::Phase::gone);
    EXPECT_FALSE(answer_with(refusal("", Recovery::tell, ErrorCode::not_found))) << "a proxy's 404";
    EXPECT_FALSE(answer_with(refusal("AccessDeniedException")));
}

TEST_F(EksTest, SleepsInOneCallThatLeavesTheMaximum) {
    const auto done = sleep({{.id = pool, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""}});
    EXPECT_TRUE(only(done, pool));
    ASSERT_THAT(client.operations(), ElementsAre("UpdateNodegroupConfig"));
    EXPECT_EQ(client.calls[0].method, "POST");
    EXPECT_EQ(client.calls[0].path, (Path{"clusters", "k0", "node-groups", "pool", "update-config"}));
    EXPECT_EQ(client.calls[0].iam_action, "eks:UpdateNodegroupConfig");
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 0}, {"desiredSize", 0}, {"maxSize", 4}}));
    EXPECT_FALSE(body_of(client.calls[0]).at("clientRequestToken").as_string().empty());
}

TEST_F(EksTest, WakesAllThreeSizesInOneCall) {
    described = nodegroup(0, 0, 4);
    const auto done = wake({{.id = pool, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""}});
    EXPECT_TRUE(only(done, pool));
    ASSERT_THAT(client.operations(), ElementsAre("UpdateNodegroupConfig"));
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 1}, {"desiredSize", 2}, {"maxSize", 4}}));
}

TEST_F(EksTest, KeepsTheGroupsOwnLimitsWhereTheTargetHasNone) {
    described = nodegroup(0, 0, 4);
    EXPECT_TRUE(only(wake({{.id = pool, .size = {.desired = 3}, .pool = ""}}), pool));
    EXPECT_THAT(client.operations(), ElementsAre("DescribeNodegroup", "UpdateNodegroupConfig"));
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 0}, {"desiredSize", 3}, {"maxSize", 4}}));
}

TEST_F(EksTest, KeepsTheGroupsOwnMaximumInASleepWhereTheTargetHasNone) {
    EXPECT_TRUE(only(sleep({{.id = pool, .size = {.desired = 2}, .pool = ""}}), pool));
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 0}, {"desiredSize", 0}, {"maxSize", 4}}));
}

TEST_F(EksTest, WhereTheDesiredSizeStaysOnlyItsBoundsArePutBack) {
    core::Target target{.id = pool, .size = {.desired = 2, .min = 1, .max = 4}};
    target.desired_stays = true;
    EXPECT_TRUE(only(wake({target}), pool));
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 1}, {"maxSize", 4}}));
    target.size.max = std::nullopt;
    client.calls.clear();
    EXPECT_TRUE(only(wake({target}), pool));
    ASSERT_THAT(client.operations(), ElementsAre("UpdateNodegroupConfig")) << "what is somebody's needs no look";
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 1}}));
}

TEST_F(EksTest, ReadsNoNodeGroupWithoutItsSizes) {
    const auto whole = boost::json::parse(described);
    const auto reads = [&](const boost::json::value& body) {
        return eks::parse_nodegroup(boost::json::serialize(body), pool, {}).has_value();
    };
    EXPECT_TRUE(reads(whole));
    for (const std::string size : {"minSize", "desiredSize", "maxSize"}) {
        auto without = whole;
        auto& scaling = without.as_object()["nodegroup"].as_object()["scalingConfig"].as_object();
        scaling[size] = nullptr;
        EXPECT_FALSE(reads(without)) << size;
        scaling.erase(size);
        EXPECT_FALSE(reads(without)) << size;
    }
    for (const std::string member : {"scalingConfig", "status"}) {
        auto without = whole;
        without.as_object()["nodegroup"].as_object().erase(member);
        EXPECT_FALSE(reads(without)) << member;
    }
}

TEST_F(EksTest, KnowsSinceWhenANodeGroupIsThere) {
    EXPECT_EQ(seen().created_at, std::nullopt);
    auto body = boost::json::parse(described);
    body.as_object()["nodegroup"].as_object()["createdAt"] = 1764000000.25;
    described = boost::json::serialize(body);
    EXPECT_EQ(seen().created_at, core::WallTime(std::chrono::milliseconds(1764000000250)));
}

TEST_F(EksTest, RefusesASizeOutsideTheLimitsRatherThanMoveThem) {
    for (const int desired : {0, 5, -1}) {
        const auto done = wake({{.id = pool, .size = {.desired = desired}, .pool = ""}});
        const auto& error = only(done, pool).error();
        EXPECT_EQ(error.code, ErrorCode::bad_request) << desired;
        EXPECT_THAT(error.message, HasSubstr("minimum is 1 and its maximum 4"));
    }
    EXPECT_EQ(client.count("UpdateNodegroupConfig"), 0);
}

TEST_F(EksTest, RestoresASnapshotAsItWasWhateverTheGroupIsNow) {
    described = nodegroup(0, 0, 1);
    EXPECT_TRUE(only(wake({{.id = pool, .size = {.desired = 6, .min = 2, .max = 5}, .pool = ""}}), pool));
    EXPECT_EQ(sizes_sent(), (boost::json::object{{"minSize", 2}, {"desiredSize", 6}, {"maxSize", 5}}));
}

TEST_F(EksTest, PassesOnThatAGroupIsInTransit) {
    client.answer = [](const Call&) -> Result<std::string> {
        return refusal("ResourceInUseException", Recovery::wait);
    };
    const auto done = sleep({{.id = pool, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""}});
    EXPECT_EQ(only(done, pool).error().recovery, Recovery::wait);
}

TEST_F(EksTest, NeverTakesGarbageForGoneOrForAccepted) {
    for (const auto& body : garbage) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(list(core::Kind::eks, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(describe({pool}), pool)) << body.substr(0, 80);
        const auto done = sleep({{.id = pool, .size = {.desired = 2, .min = 1, .max = 4}, .pool = ""}});
        EXPECT_EQ(only(done, pool).error().recovery, Recovery::retry) << body.substr(0, 80);
    }
}

TEST_F(EksTest, ReadsATimeThatIsNoTimeAsNone) {
    for (const std::string time : {"-1", "1e300", "\"2026-11-24\"", "null", "18446744073709551615", "253402300800"})
        EXPECT_EQ(eks::parse_cluster(R"({"cluster":{"name":"k0","createdAt":)" + time + "}}", us)->created_at,
                  std::nullopt)
            << time;
    EXPECT_EQ(eks::parse_cluster(R"({"cluster":{"name":"k0","createdAt":1764000000}})", us)->created_at,
              core::WallTime(std::chrono::seconds(1764000000)));
}

}  // namespace
}  // namespace doze::aws::eks_test
