#include "cloud/aws/rds_cluster.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "cloud/aws/cloudwatch.hpp"
#include "cloud/aws/query_answer.hpp"
#include "cloud/aws/rds_database.hpp"

namespace doze::cloud::aws::rds_cluster {
namespace {

/// Aurora User Guide, "Limitations for stopping and starting Aurora DB clusters"; RDS User Guide, "Limitations of
/// Multi-AZ DB clusters".
std::optional<core::Guard> guard_by_nature(pugi::xml_node cluster) {
    const std::string_view mode = cluster.child_value("EngineMode");
    if (const auto global = text_at(cluster, "GlobalClusterIdentifier"))
        return core::Guard{fmt::format("It is part of the global database {}, which RDS does not stop.", *global)};
    if (mode == "global") return core::Guard{"It is part of a global database, which RDS does not stop."};
    if (mode == "serverless")
        return core::Guard{"It is Aurora Serverless v1, which RDS does not stop; it can be told to pause by itself."};
    if (mode == "multimaster") return core::Guard{"It is a multi-master cluster, which RDS does not stop."};
    if (text_at(cluster, "DBClusterInstanceClass"))
        return core::Guard{"It is a Multi-AZ DB cluster, which RDS does not stop."};
    if (const auto source = text_at(cluster, "ReplicationSourceIdentifier"))
        return core::Guard{fmt::format("It is a replica of {}, and RDS does not stop replicas.", *source)};
    if (const auto replica = cluster.child("ReadReplicaIdentifiers").first_child())
        return core::Guard{fmt::format("It has the replica {}, so RDS does not stop it.", replica.child_value())};
    if (!cluster.child("DBClusterMembers").child("DBClusterMember"))
        return core::Guard{"It has no instances, so there is nothing to stop."};
    return std::nullopt;
}

std::vector<core::Detail> details_of(pugi::xml_node cluster) {
    std::int64_t members = 0;
    for ([[maybe_unused]] const auto member : cluster.child("DBClusterMembers").children("DBClusterMember")) ++members;
    return {rds::detail("engine", text_at(cluster, "Engine")),
            rds::detail("engine_mode", text_at(cluster, "EngineMode")),
            {"members", members},
            rds::detail("endpoint", rds::host_and_port(text_at(cluster, "Endpoint"), text_at(cluster, "Port")))};
}

constexpr rds::Database kind{.kind = core::Kind::rds_cluster,
                             .describe = "DescribeDBClusters",
                             .filter = "db-cluster-id",
                             .list = "DBClusters",
                             .element = "DBCluster",
                             .name = "DBClusterIdentifier",
                             .status = "Status",
                             .guard = guard_by_nature,
                             .details = details_of};

constexpr Description description{
    .operation = kind.describe,
    .names_per_call = rds::names_per_look,
    .call = [](const Region& region, const std::vector<core::ResourceId>& only,
               const std::string& marker) { return rds::describe_call(region, only, marker, kind); },
    .parse = parse_clusters};

boost::asio::awaitable<Result<core::Survey>> survey(Client& client, Region region, core::GuardSettings guards) {
    return survey_items(client, std::move(region), std::move(guards), description);
}

boost::asio::awaitable<void> look(Client& client, Region region, std::vector<core::ResourceId> ids, LookOptions options,
                                  Seen each) {
    return look_at_items(client, std::move(region), std::move(ids), std::move(options), std::move(each), description);
}

boost::asio::awaitable<void> sleep(Client& client, Region /*region*/, std::vector<core::Target> targets, Acted each) {
    return rds::change_all(client, std::move(targets), std::move(each), "StopDBCluster", kind);
}

boost::asio::awaitable<void> wake(Client& client, Region /*region*/, std::vector<core::Target> targets, Acted each) {
    return rds::change_all(client, std::move(targets), std::move(each), "StartDBCluster", kind);
}

LoadMetric load(const core::ResourceId& id) {
    return {"AWS/RDS", {{"DBClusterIdentifier", id.name}}};
}

Call small_page(const std::vector<core::ResourceId>& some) {
    return rds::describe_call(some.front().region, {}, {}, kind);
}
Call load_of_first(const std::vector<core::ResourceId>& some) {
    return cloudwatch::newest_call(some.front().region, load(some.front()));
}

constexpr Permission permissions[] = {
    {"rds:DescribeDBClusters", Permission::Use::list, "", "", small_page},
    {"rds:StopDBCluster", Permission::Use::sleep, "cluster:{name}"},
    {"rds:StartDBCluster", Permission::Use::wake, "cluster:{name}"},
    {"cloudwatch:GetMetricData", Permission::Use::extra, "", "For busy_cpu_percent.", load_of_first},
};

}  // namespace

Result<ItemPage> parse_clusters(std::string body, const Region& region, const core::GuardSettings& guards) {
    return rds::parse_page(std::move(body), region, guards, kind);
}

const Service service{.kind = core::Kind::rds_cluster,
                      .survey = survey,
                      .look = look,
                      .sleep = sleep,
                      .wake = wake,
                      .load = load,
                      .permissions = permissions};

}  // namespace doze::cloud::aws::rds_cluster
