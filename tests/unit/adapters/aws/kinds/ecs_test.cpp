#include "adapters/aws/kinds/ecs.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

#include "adapters/aws/kinds/ecs_answer.hpp"
#include "aws_fixture.hpp"

namespace doze::aws::ecs_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

boost::json::object body_of(const Call& call) {
    return boost::json::parse(call.body).as_object();
}

std::string text_of(const boost::json::value& value) {
    return std::string(value.as_string());
}

std::string arn(const std::string& kind, const std::string& name) {
    return "arn:aws:ecs:us-east-1:123456789012:" + kind + "/" + name;
}

boost::json::object service(const std::string& name, int desired, int running, const std::string& status = "ACTIVE") {
    return {{"serviceName", name},
            {"serviceArn", arn("service", "office/" + name)},
            {"status", status},
            {"desiredCount", desired},
            {"runningCount", running},
            {"pendingCount", 0},
            {"schedulingStrategy", "REPLICA"}};
}

/// One cluster, "office", of services that are all there.
class EcsTest : public AwsTest {
   protected:
    std::map<std::string, boost::json::object> services;

    EcsTest() {
        client.answer = [this](const Call& call) -> Result<std::string> {
            const auto body = body_of(call);
            if (call.operation == "ListClusters") return R"({"clusterArns":["arn:aws:ecs:r:1:cluster/office"]})";
            if (call.operation == "DescribeClusters")
                return R"({"clusters":[{"clusterName":"office","status":"ACTIVE","runningTasksCount":5,
                    "pendingTasksCount":1,"activeServicesCount":3}],"failures":[]})";
            if (call.operation == "ListServices") return list_page(body);
            if (call.operation == "DescribeServices") return described(body);
            return R"({"service":{}})";
        };
    }

    core::ResourceId id(const std::string& name, const std::string& cluster = "office") const {
        return core::ecs(us, ClusterName(cluster), ServiceName(name));
    }

   private:
    /// Four names a page, whatever was asked for: AWS may.
    std::string list_page(const boost::json::object& body) const {
        const int first = body.contains("nextToken") ? std::stoi(text_of(body.at("nextToken"))) : 0;
        boost::json::object page{{"serviceArns", boost::json::array()}};
        int n = 0;
        for (const auto& [name, one] : services) {
            if (n >= first && n < first + 4) page["serviceArns"].as_array().push_back(one.at("serviceArn"));
            ++n;
        }
        if (first + 4 < n) page["nextToken"] = std::to_string(first + 4);
        return boost::json::serialize(page);
    }

    std::string described(const boost::json::object& body) const {
        boost::json::array found;
        boost::json::array failures;
        for (const auto& name : body.at("services").as_array()) {
            const auto it = services.find(text_of(name));
            if (it != services.end()) {
                found.push_back(it->second);
            } else {
                failures.push_back({{"arn", arn("service", text_of(name))}, {"reason", "MISSING"}});
            }
        }
        return boost::json::serialize(boost::json::object{{"services", found}, {"failures", failures}});
    }
};

TEST_F(EcsTest, SurveysClustersAndEveryPageOfTheirServices) {
    for (int n = 10; n < 33; ++n) services["s" + std::to_string(n)] = service("s" + std::to_string(n), n % 3, n % 3);
    const auto items = list(core::Kind::ecs, us);
    ASSERT_TRUE(items);
    const auto& clusters = std::get<std::vector<core::EcsCluster>>(*items);
    ASSERT_THAT(clusters, SizeIs(1));
    EXPECT_EQ(clusters[0].name, ClusterName("office"));
    EXPECT_EQ(clusters[0].status, "ACTIVE");
    EXPECT_EQ(clusters[0].running_tasks_count, 5);
    EXPECT_EQ(clusters[0].pending_tasks_count, 1);
    EXPECT_EQ(clusters[0].active_services_count, 3);
    ASSERT_THAT(clusters[0].services, SizeIs(23));
    EXPECT_EQ(clusters[0].services[0].seen.id, id("s10"));
    EXPECT_EQ(client.count("ListServices"), 6);
    EXPECT_EQ(client.count("DescribeServices"), 3) << "ten at a time";
    for (const auto& call : client.calls) {
        EXPECT_EQ(call.iam_action, "ecs:" + call.operation);
        EXPECT_EQ(call.service, "ecs");
        EXPECT_EQ(call.headers[1].second, "AmazonEC2ContainerServiceV20141113." + call.operation);
        if (call.operation == "DescribeServices") {
            EXPECT_LE(body_of(call).at("services").as_array().size(), 10U);
            EXPECT_EQ(body_of(call).at("include"), boost::json::array({"TAGS"}));
        }
    }
}

TEST_F(EcsTest, FollowsEveryPageOfClustersAndDescribesAHundredAtATime) {
    client.answer = [](const Call& call) -> Result<std::string> {
        const auto body = body_of(call);
        if (call.operation == "ListClusters") {
            const int first = body.contains("nextToken") ? std::stoi(text_of(body.at("nextToken"))) : 0;
            boost::json::object page{{"clusterArns", boost::json::array()}};
            for (int n = first; n < first + 50; ++n)
                page["clusterArns"].as_array().emplace_back(arn("cluster", "c" + std::to_string(n)));
            if (first < 100) page["nextToken"] = std::to_string(first + 50);
            return boost::json::serialize(page);
        }
        if (call.operation == "DescribeClusters") {
            boost::json::array clusters;
            for (const auto& name : body.at("clusters").as_array())
                clusters.push_back({{"clusterName", name}, {"status", "ACTIVE"}});
            return boost::json::serialize(boost::json::object{{"clusters", clusters}});
        }
        return R"({"serviceArns":[]})";
    };
    const auto items = list(core::Kind::ecs, us);
    ASSERT_TRUE(items);
    EXPECT_THAT(std::get<std::vector<core::EcsCluster>>(*items), SizeIs(150));
    EXPECT_EQ(client.count("ListClusters"), 3);
    EXPECT_EQ(client.count("DescribeClusters"), 2);
    EXPECT_EQ(client.count("ListServices"), 150);
    EXPECT_EQ(client.most_at_once, 8U);
}

TEST_F(EcsTest, LeavesOutAClusterThatWentWhileItLooked) {
    const auto before = client.answer;
    client.answer = [before](const Call& call) -> Result<std::string> {
        if (call.operation == "ListServices") return refusal("ClusterNotFoundException");
        return before(call);
    };
    const auto items = list(core::Kind::ecs, us);
    ASSERT_TRUE(items);
    EXPECT_THAT(std::get<std::vector<core::EcsCluster>>(*items).at(0).services, SizeIs(0));
}

TEST_F(EcsTest, FailsTheSurveyWhereAnyPartOfItFails) {
    services["api"] = service("api", 3, 3);
    const auto before = client.answer;
    for (const std::string broken : {"ListClusters", "DescribeClusters", "ListServices", "DescribeServices"}) {
        client.answer = [&](const Call& call) -> Result<std::string> {
            if (call.operation == broken) return refusal("AccessDeniedException");
            return before(call);
        };
        EXPECT_EQ(list(core::Kind::ecs, us).error().aws_code, "AccessDeniedException") << broken;
    }
}

TEST_F(EcsTest, TellsWhatAServiceDoes) {
    struct Case {
        int desired;
        int running;
        std::string status;
        core::Phase phase;
        bool settled;
    };
    for (const auto& [desired, running, status, phase, settled] : std::vector<Case>{
             {3, 3, "ACTIVE", core::Phase::awake, true},
             {3, 4, "ACTIVE", core::Phase::awake, true},
             {3, 2, "ACTIVE", core::Phase::awake, false},
             {0, 0, "ACTIVE", core::Phase::asleep, true},
             {0, 2, "ACTIVE", core::Phase::asleep, false},
             {3, 3, "DRAINING", core::Phase::gone, true},
             {0, 0, "INACTIVE", core::Phase::gone, true},
         }) {
        services["api"] = service("api", desired, running, status);
        const auto seen = only(describe({id("api")}), id("api"));
        ASSERT_TRUE(seen);
        EXPECT_EQ(seen->phase, phase) << status << desired << running;
        EXPECT_EQ(seen->settled, settled) << status << desired << running;
        EXPECT_EQ(seen->size, core::Size{.desired = desired});
        EXPECT_EQ(seen->running, running);
        EXPECT_EQ(seen->state, status);
    }
}

TEST_F(EcsTest, GuardsDaemonsForGoodAndProductionByTag) {
    services["agent"] = service("agent", 2, 2);
    services["agent"]["schedulingStrategy"] = "DAEMON";
    services["api"] = service("api", 2, 2);
    services["api"]["tags"] = {{{"key", "Environment"}, {"value", "PROD-eu"}}};
    const auto seen = describe({id("agent"), id("api")});
    ASSERT_TRUE(only(seen, id("agent"))->guard);
    EXPECT_THAT(only(seen, id("agent"))->guard->why, HasSubstr("daemon"));
    EXPECT_FALSE(only(seen, id("agent"))->guard->by_tag);
    EXPECT_EQ(only(seen, id("api"))->guard,
              (core::Guard{.why = "The tag Environment=PROD-eu guards it.", .by_tag = true}));
}

TEST_F(EcsTest, LooksAtTenServicesOfOneClusterInOneCall) {
    std::vector<core::ResourceId> ids;
    for (int n = 10; n < 35; ++n) {
        services["s" + std::to_string(n)] = service("s" + std::to_string(n), 1, 1);
        ids.push_back(id("s" + std::to_string(n)));
    }
    ids.push_back(id("s10", "elsewhere"));
    const auto seen = describe(ids);
    expect_once_each(seen, 26);
    EXPECT_EQ(client.count("DescribeServices"), 4);
    for (const auto& call : client.calls) EXPECT_LE(body_of(call).at("services").as_array().size(), 10U);
}

TEST_F(EcsTest, TakesForGoneOnlyWhatEcsCallsMissing) {
    services["api"] = service("api", 1, 1);
    auto seen = describe({id("api"), id("lost")});
    EXPECT_EQ(only(seen, id("api"))->phase, core::Phase::awake);
    EXPECT_EQ(only(seen, id("lost"))->phase, core::Phase::gone);

    const auto answer_with = [this](Result<std::string> answer) {
        client.answer = [answer](const Call&) { return answer; };
        return describe({id("api")}).at(id("api")).at(0);
    };
    EXPECT_EQ(answer_with(refusal("ClusterNotFoundException"))->phase, core::Phase::gone);
    EXPECT_FALSE(answer_with(refusal("", Recovery::tell, ErrorCode::not_found))) << "a proxy's 404";
    EXPECT_FALSE(answer_with(refusal("AccessDeniedException")));
    EXPECT_FALSE(answer_with(R"({"services":[],"failures":[]})"));
    EXPECT_FALSE(answer_with(R"({"services":[],"failures":[{"arn":"service/api","reason":"BUSY"}]})"));
}

TEST_F(EcsTest, SleepsAndWakesByTheDesiredCount) {
    const auto slept = sleep({{.id = id("api"), .size = {3}, .pool = ""}});
    EXPECT_TRUE(only(slept, id("api")));
    const auto woke = wake({{.id = id("api"), .size = {3}, .pool = ""}});
    EXPECT_TRUE(only(woke, id("api")));
    ASSERT_THAT(client.operations(), ElementsAre("UpdateService", "UpdateService"));
    EXPECT_EQ(body_of(client.calls[0]),
              (boost::json::object{{"cluster", "office"}, {"service", "api"}, {"desiredCount", 0}}));
    EXPECT_EQ(body_of(client.calls[1]).at("desiredCount"), 3);
    EXPECT_EQ(client.calls[1].iam_action, "ecs:UpdateService");
}

TEST_F(EcsTest, OneRefusedServiceHoldsUpNoOtherAndNoMoreThanEightGoOutAtOnce) {
    std::vector<core::Target> targets;
    for (int n = 0; n < 30; ++n) targets.push_back({.id = id("s" + std::to_string(n)), .size = {1}, .pool = ""});
    client.answer = [](const Call& call) -> Result<std::string> {
        if (body_of(call).at("service") == "s7") return refusal("ServiceNotActiveException");
        return R"({"service":{}})";
    };
    const auto done = sleep(targets);
    expect_once_each(done, 30);
    for (const auto& [one, outcome] : done) EXPECT_EQ(outcome.at(0).has_value(), one != id("s7"));
    EXPECT_EQ(client.most_at_once, 8U);
}

TEST_F(EcsTest, NeverTakesGarbageForGoneOrForAccepted) {
    for (const auto& body : garbage) {
        client.answer = [&body](const Call&) { return Result<std::string>(body); };
        EXPECT_FALSE(list(core::Kind::ecs, us)) << body.substr(0, 80);
        EXPECT_FALSE(only(describe({id("api")}), id("api"))) << body.substr(0, 80);
        const auto done = sleep({{.id = id("api"), .size = {3}, .pool = ""}});
        EXPECT_EQ(only(done, id("api")).error().message,
                  "AWS answered something doze does not understand (UpdateService in us-east-1).");
    }
}

TEST_F(EcsTest, TakesCountsThatAreNoCountsForNonsense) {
    for (const std::string count : {"-1", "2147483648", "9223372036854775808", "1.5", "1e300", "\"3\"", "null"}) {
        const auto body =
            R"({"services":[{"serviceName":"api","status":"ACTIVE","runningCount":0,"desiredCount":)" + count + "}]}";
        EXPECT_FALSE(ecs::parse_services(body, us, ClusterName("office"), {})) << count;
    }
}

constexpr const char* scaled_api = R"({"ScalableTargets":[{"ResourceId":"service/office/api","MinCapacity":2,
    "MaxCapacity":9,"SuspendedState":{"DynamicScalingInSuspended":false,"DynamicScalingOutSuspended":true,
    "ScheduledScalingSuspended":false}}]})";

TEST_F(EcsTest, SeesTheBoundsOfAServiceThatIsScaled) {
    const auto api = core::ecs(us, ClusterName("office"), ServiceName("api"));
    const auto web = core::ecs(us, ClusterName("office"), ServiceName("web"));
    services = {{"api", service("api", 3, 3)}, {"web", service("web", 1, 1)}};
    client.scalable_targets = scaled_api;
    const core::Size bounded{.desired = 3, .min = 2, .max = 9, .suspended = 2};
    const auto seen = describe({api, web});
    EXPECT_EQ(only(seen, api)->size, bounded);
    EXPECT_EQ(only(seen, web)->size, (core::Size{.desired = 1}));
    ASSERT_THAT(client.scaling_calls, SizeIs(1)) << "one question for all that is looked at";
    EXPECT_EQ(body_of(client.scaling_calls[0]).at("ResourceIds").as_array().size(), 2U);
    const auto clusters = std::get<std::vector<core::EcsCluster>>(list(core::Kind::ecs, us).value());
    EXPECT_EQ(clusters.at(0).services.at(0).seen.size, bounded);
}

TEST_F(EcsTest, HoldsTheScalingBeforeTheCountGoesDownAndFreesItAfterItIsUp) {
    const auto api = core::ecs(us, ClusterName("office"), ServiceName("api"));
    const core::Target target{.id = api, .size = {.desired = 3, .min = 2, .max = 9, .suspended = 2}};
    client.answer = [](const Call& call) -> Result<std::string> {
        return call.operation == "UpdateService" ? R"({"service":{}})" : "{}";
    };
    const auto told = [this](std::size_t i) {
        const auto body = body_of(client.calls.at(i));
        if (client.calls[i].operation == "UpdateService") return "count " + serialize(body.at("desiredCount"));
        const auto& state = body.at("SuspendedState").as_object();
        return "bounds " + serialize(body.at("MinCapacity")) + " " + serialize(body.at("MaxCapacity")) + " " +
               serialize(state.at("DynamicScalingInSuspended")) + " " +
               serialize(state.at("DynamicScalingOutSuspended")) + " " +
               serialize(state.at("ScheduledScalingSuspended"));
    };
    EXPECT_TRUE(only(sleep({target}), api));
    EXPECT_TRUE(only(wake({target}), api));
    ASSERT_THAT(client.calls, SizeIs(4));
    EXPECT_EQ(told(0), "bounds 0 9 true true true");
    EXPECT_EQ(told(1), "count 0");
    EXPECT_EQ(told(2), "count 3");
    EXPECT_EQ(told(3), "bounds 2 9 false true false");
}

TEST_F(EcsTest, WhereTheCountStaysOnlyTheScalingIsPutBack) {
    client.answer = [](const Call&) -> Result<std::string> { return "{}"; };
    core::Target target{.id = id("api"), .size = {.desired = 3, .min = 2, .max = 9, .suspended = 2}};
    target.desired_stays = true;
    EXPECT_TRUE(only(wake({target}), id("api")));
    ASSERT_THAT(client.operations(), ElementsAre("RegisterScalableTarget"));
    EXPECT_EQ(body_of(client.calls[0]).at("MinCapacity"), 2);
    target.size.min = target.size.max = std::nullopt;
    client.calls.clear();
    EXPECT_TRUE(only(wake({target}), id("api")));
    ASSERT_THAT(client.operations(), ElementsAre("RegisterScalableTarget")) << "what doze suspended at the least";
    const auto body = body_of(client.calls[0]);
    EXPECT_FALSE(body.contains("MinCapacity") || body.contains("MaxCapacity"));
    EXPECT_EQ(body.at("SuspendedState").at("DynamicScalingOutSuspended"), true);
    EXPECT_EQ(body.at("SuspendedState").at("DynamicScalingInSuspended"), false);
}

TEST_F(EcsTest, KnowsSinceWhenAServiceIsThere) {
    services["api"] = service("api", 1, 1);
    EXPECT_EQ(only(describe({id("api")}), id("api"))->created_at, std::nullopt);
    services["api"]["createdAt"] = 1764000000.25;
    EXPECT_EQ(only(describe({id("api")}), id("api"))->created_at,
              core::WallTime(std::chrono::milliseconds(1764000000250)));
}

TEST_F(EcsTest, LeavesTheCountWhereItsScalingCannotBeHeld) {
    const auto api = core::ecs(us, ClusterName("office"), ServiceName("api"));
    client.answer = [](const Call&) {
        return refusal("AccessDeniedException", Recovery::tell, ErrorCode::access_denied);
    };
    const auto done = sleep({{.id = api, .size = {.desired = 3, .min = 2, .max = 9}}});
    EXPECT_EQ(only(done, api).error().code, ErrorCode::access_denied);
    EXPECT_THAT(client.calls, SizeIs(1)) << "AWS would lift the count again";
}

TEST_F(EcsTest, TakesAnAnswerAboutScalingThatMakesNoSenseForNoAnswer) {
    const auto api = core::ecs(us, ClusterName("office"), ServiceName("api"));
    services = {{"api", service("api", 3, 3)}};
    for (const std::string body : {"", "{}", R"({"ScalableTargets":[{"ResourceId":"service/office/api"}]})"}) {
        client.scalable_targets = body;
        EXPECT_FALSE(only(describe({api}), api)) << body;
        EXPECT_FALSE(list(core::Kind::ecs, us)) << body;
    }
}

}  // namespace
}  // namespace doze::aws::ecs_test
