#include "adapters/aws/kinds/rds_cluster.hpp"

#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/kinds/rds_database.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::rds_cluster {
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
                             .created = "ClusterCreateTime",
                             .stop = "StopDBCluster",
                             .start = "StartDBCluster",
                             .guard = guard_by_nature,
                             .details = details_of};

constexpr Permission permissions[] = {
    {"rds:DescribeDBClusters", Permission::Use::list, "", "", rds::small_page<kind>},
    {"rds:StopDBCluster", Permission::Use::sleep, "cluster:{name}"},
    {"rds:StartDBCluster", Permission::Use::wake, "cluster:{name}"},
    cloudwatch::permission<rds::load<kind>>,
};

}  // namespace

Result<ItemPage> parse_clusters(std::string body, const Region& region, const core::GuardSettings& guards) {
    return rds::parse_page(std::move(body), region, guards, kind);
}

const Service service = rds::service_of<kind>(permissions);

}  // namespace doze::aws::rds_cluster
