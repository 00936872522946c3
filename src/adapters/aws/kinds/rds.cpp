#include "adapters/aws/kinds/rds.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string_view>
#include <utility>

#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/kinds/rds_database.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::rds {
namespace {

/// RDS User Guide, "Stopping an Amazon RDS DB instance temporarily"; Aurora, Neptune and DocumentDB stop by cluster.
constexpr std::array<std::string_view, 6> engines{"mariadb", "mysql", "postgres", "oracle-", "sqlserver-", "db2-"};

/// The first of several names of where this one gets its data from, or hands it to.
std::optional<std::string> other_side(pugi::xml_node instance) {
    for (const auto* name : {"ReadReplicaSourceDBInstanceIdentifier", "ReadReplicaSourceDBClusterIdentifier"})
        if (auto source = text_at(instance, name)) return source;
    for (const auto* list : {"ReadReplicaDBInstanceIdentifiers", "ReadReplicaDBClusterIdentifiers"})
        if (const auto replica = instance.child(list).first_child()) return replica.child_value();
    return std::nullopt;
}

/// Guards that lie in what the instance is (same page, "Limitations").
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
