#include "adapters/aws/kinds/rds.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::rds {

namespace {

constexpr std::size_t changes_at_once = 4;

/// The next step for a status that does not end by itself (RDS user guide, "Viewing Amazon RDS DB instance status");
/// empty for others, and for those in which it can be stopped or started.
std::optional<std::string_view> advice_for(std::string_view status) {
    if (status == "storage-full") return "Enlarge its storage in the RDS console.";
    if (status == "inaccessible-encryption-credentials")
        return "Its KMS key is disabled, deleted or not allowed to be used: mend that in the KMS console.";
    if (status == "incompatible-network")
        return "Its subnets lack addresses, or its VPC something else that it needs: see its events in the RDS "
               "console.";
    if (status == "incompatible-parameters") return "Correct its parameter group, and reboot it.";
    if (status == "incompatible-option-group") return "Correct its option group.";
    if (status == "insufficient-capacity") return "AWS had no room for it: delete it and restore it, or ask AWS.";
    if (status == "failed" || status == "restore-error" || status.starts_with("incompatible-") ||
        status.ends_with("-failed") || status.ends_with("-error"))
        return "See its events in the RDS console; mostly it must be restored from a backup.";
    return std::nullopt;
}

/// RDS stops only what is `available`. Backups, maintenance and modifications end by themselves. A database in
/// "inaccessible-encryption-credentials-recoverable" can be started, so it counts as stopped.
core::Phase phase_of(std::string_view status) {
    if (status == "available") return core::Phase::awake;
    if (status == "stopping") return core::Phase::falling_asleep;
    if (status == "stopped" || status == "inaccessible-encryption-credentials-recoverable") return core::Phase::asleep;
    if (status == "starting") return core::Phase::waking;
    if (status == "deleting" || status == "deleted") return core::Phase::gone;
    return core::Phase::changing;
}

Call call_for(const Region& region, const std::string& operation, QueryPairs parameters) {
    return query_call("rds", region, operation, "2014-10-31", std::move(parameters));
}

boost::asio::awaitable<void> change_one(Client& client, const core::ResourceId& id, const CallReturned& each,
                                        const std::string& operation, const Database& kind) {
    QueryPairs parameters{{kind.name, id.name}};
    auto call = call_for(id.region, operation, std::move(parameters));
    auto answer = co_await client.call(std::move(call));
    if (!answer) {
        each(id, answer.error());
        co_return;
    }
    pugi::xml_document document;
    const bool accepted = static_cast<bool>(query_result(document, *answer, operation).child(kind.element));
    each(id, accepted ? Result<void>() : not_understood(operation, id.region));
}

std::optional<core::Item> parse_database(pugi::xml_node database, const Region& region,
                                         const core::GuardSettings& guards, const Database& kind) {
    const auto name = text_at(database, kind.name);
    auto status = text_at(database, kind.status);
    if (!name || !status) return std::nullopt;
    const auto phase = phase_of(*status);
    const auto advice = advice_for(*status);
    const bool runs = phase == core::Phase::awake || phase == core::Phase::changing;
    auto guard = kind.guard(database);
    if (!guard) guard = core::guard_by_tags(tags_in(database.child("TagList"), "Tag"), guards);
    return core::Item{
        .seen = {.id = {.region = region, .kind = kind.kind, .name = *name},
                 .phase = phase,
                 .settled = phase == core::Phase::awake || phase == core::Phase::asleep || phase == core::Phase::gone,
                 .size = {.desired = runs ? 1 : 0},
                 .state = std::move(*status),
                 .guard = std::move(guard),
                 .stuck = advice.has_value(),
                 .advice = std::string(advice.value_or("")),
                 .restarts_at = phase == core::Phase::asleep ? time_at(database, "AutomaticRestartTime") : std::nullopt,
                 .created_at = time_at(database, kind.created),
                 .details = kind.details(database)}};
}

}  // namespace

Call describe_call(const Region& region, const std::vector<core::ResourceId>& only, const std::string& marker,
                   const Database& kind) {
    QueryPairs parameters{{"MaxRecords", "100"}};  // The maximum.
    if (!only.empty()) parameters.emplace_back("Filters.Filter.1.Name", kind.filter);
    for (std::size_t i = 0; i < only.size(); ++i)
        parameters.emplace_back(fmt::format("Filters.Filter.1.Values.Value.{}", i + 1), only[i].name);
    if (!marker.empty()) parameters.emplace_back("Marker", marker);
    return call_for(region, std::string(kind.describe), std::move(parameters));
}

Result<ItemPage> parse_page(std::string body, const Region& region, const core::GuardSettings& guards,
                            const Database& kind) {
    pugi::xml_document document;
    const auto result = query_result(document, body, kind.describe);
    const auto list = result.child(kind.list);
    if (!list) return not_understood(kind.describe, region);
    ItemPage page{.items = {}, .next_token = result.child_value("Marker")};
    for (const auto database : list.children(kind.element)) {
        auto item = parse_database(database, region, guards, kind);
        if (!item) return not_understood(kind.describe, region);
        page.items.push_back(std::move(*item));
    }
    return page;
}

core::Detail detail(std::string_view name, std::optional<std::string> text) {
    core::Detail made{.name = name, .value = {}};
    if (text) made.value = std::move(*text);
    return made;
}

std::optional<std::string> host_and_port(const std::optional<std::string>& host,
                                         const std::optional<std::string>& port) {
    return host && port ? fmt::format("{}:{}", *host, *port) : host;
}

boost::asio::awaitable<void> change_all(Client& client, std::vector<core::Target> targets, CallReturned each,
                                        std::string operation, const Database& kind) {
    co_await at_once(changes_at_once, targets.size(),
                     [&](std::size_t i) { return change_one(client, targets[i].id, each, operation, kind); });
}

namespace {

/// RDS User Guide, "Stopping an Amazon RDS DB instance temporarily"; Aurora, Neptune and DocumentDB stop by cluster.
constexpr std::array<std::string_view, 6> engines{"mariadb", "mysql", "postgres", "oracle-", "sqlserver-", "db2-"};

/// The source or the target of a replication, of which AWS has several names; the first one present.
std::optional<std::string> other_side(pugi::xml_node instance) {
    for (const auto* name : {"ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier"})
        if (auto source = text_at(instance, name)) return source;
    for (const auto* list : {"ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers"})
        if (const auto replica = instance.child(list).first_child()) return replica.child_value();
    return std::nullopt;
}

/// Guards that follow from the instance's properties (same page, "Limitations").
std::optional<core::Guard> guard_by_nature(pugi::xml_node instance) {
    if (const auto cluster = text_at(instance, "DBClusterIdentifier"))
        return core::Guard{fmt::format(
            "It belongs to the cluster {}, which is stopped and started as a whole. Register the cluster instead.",
            *cluster)};
    if (const auto other = other_side(instance))
        return core::Guard{fmt::format("It is a read replica or has one ({}): RDS does not stop either.", *other)};
    const std::string_view engine = instance.child_value("Engine");
    if (engine.starts_with("sqlserver-") && flag_at(instance, "MultiAZ"))
        return core::Guard{"It is SQL Server in several availability zones, which RDS does not stop."};
    if (std::ranges::none_of(engines, [engine](auto known) { return engine.starts_with(known); }))
        return core::Guard{fmt::format("RDS does not stop instances of the engine {}.", engine)};
    return std::nullopt;
}

std::vector<core::Detail> details_of(pugi::xml_node instance) {
    const auto endpoint = instance.child("Endpoint");
    return {detail("engine", text_at(instance, "Engine")),
            detail("instance_class", text_at(instance, "DBInstanceClass")),
            detail("multi_az", flag_at(instance, "MultiAZ") ? "yes" : "no"),
            detail("endpoint", host_and_port(text_at(endpoint, "Address"), text_at(endpoint, "Port")))};
}

constexpr Database kind{.kind = core::Kind::rds,
                        .describe = "DescribeDBInstances",
                        .filter = "db-instance-id",
                        .list = "DBInstances",
                        .element = "DBInstance",
                        .name = "DBInstanceIdentifier",
                        .status = "DBInstanceStatus",
                        .created = "InstanceCreateTime",
                        .stop = "StopDBInstance",
                        .start = "StartDBInstance",
                        .guard = guard_by_nature,
                        .details = details_of};

constexpr Permission permissions[] = {
    {"rds:DescribeDBInstances", Permission::Use::list, "", "", small_page<kind>},
    {"rds:StopDBInstance", Permission::Use::sleep, "db:{name}"},
    {"rds:StartDBInstance", Permission::Use::wake, "db:{name}"},
    cloudwatch::permission<load<kind>>,
};

}  // namespace

Result<ItemPage> parse_instances(std::string body, const Region& region, const core::GuardSettings& guards) {
    return parse_page(std::move(body), region, guards, kind);
}

const Service service = rds::service_of<kind>(permissions);

}  // namespace doze::aws::rds

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
