#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <optional>
#include <pugixml.hpp>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/items.hpp"

/// What RDS instances and clusters share (Query protocol, 2014-10-31): both are stopped and started one at a time, have
/// the same states, and are started by AWS seven days after a stop.
namespace doze::aws::rds {

/// A kind of database, with RDS's names for it.
struct Database {
    core::Kind kind;
    std::string_view describe;  ///< "DescribeDBInstances"
    std::string_view filter;    ///< "db-instance-id"
    const char* list;           ///< "DBInstances"
    const char* element;        ///< "DBInstance"
    const char* name;           ///< "DBInstanceIdentifier", member and parameter.
    const char* status;         ///< "DBInstanceStatus"
    const char* created;        ///< "InstanceCreateTime"
    const char* stop;           ///< "StopDBInstance"
    const char* start;          ///< "StartDBInstance"

    /// The guard that follows from the database's properties; it takes precedence over the tag guard, which alone can
    /// be overridden.
    std::optional<core::Guard> (*guard)(pugi::xml_node database);
    std::vector<core::Detail> (*details)(pugi::xml_node database);
};

/// Describes a page of all databases, or only those given, by a filter: the name parameter fails for a missing one.
[[nodiscard]] Call describe_call(const Region& region, const std::vector<core::ResourceId>& only,
                                 const std::string& marker, const Database& kind);

[[nodiscard]] Result<ItemPage> parse_page(std::string body, const Region& region, const core::GuardSettings& guards,
                                          const Database& kind);

/// A detail that may be absent.
[[nodiscard]] core::Detail detail(std::string_view name, std::optional<std::string> text);

/// "db.example.com:5432"; empty without a host.
[[nodiscard]] std::optional<std::string> host_and_port(const std::optional<std::string>& host,
                                                       const std::optional<std::string>& port);

/// StopDBInstance and the like: one call per target, a few at a time. `kind` must outlive the call.
boost::asio::awaitable<void> change_all(Client& client, std::vector<core::Target> targets, CallReturned each,
                                        std::string operation, const Database& kind);

/// The Description of a kind of database, for list_by and describe_by.
template <const Database& kind>
inline constexpr Description description{
    .operation = kind.describe,
    .call = [](const Region& region, const std::vector<core::ResourceId>& only,
               const std::string& marker) { return describe_call(region, only, marker, kind); },
    .parse = [](std::string body, const Region& region,
                const core::GuardSettings& guards) { return parse_page(std::move(body), region, guards, kind); }};

template <const Database& kind>
LoadMetric load(const core::ResourceId& id) {
    return {"AWS/RDS", {{kind.name, id.name}}};
}

/// A call that tests whether the kind may be described.
template <const Database& kind>
Call small_page(const std::vector<core::ResourceId>& some) {
    return describe_call(some.front().region, {}, {}, kind);
}

/// The Service of a kind of database.
template <const Database& kind>
Service service_of(std::span<const Permission> permissions) {
    return {.kind = kind.kind,
            .name = "rds",
            .list = list_by<description<kind>>,
            .describe = describe_by<description<kind>>,
            .sleep =
                [](Client& client, Region, std::vector<core::Target> targets, CallReturned each) {
                    return change_all(client, std::move(targets), std::move(each), kind.stop, kind);
                },
            .wake =
                [](Client& client, Region, std::vector<core::Target> targets, CallReturned each) {
                    return change_all(client, std::move(targets), std::move(each), kind.start, kind);
                },
            .load = load<kind>,
            .permissions = permissions};
}

/// RDS instances: DescribeDBInstances, StopDBInstance, StartDBInstance. See service.hpp for the contract. No snapshot
/// is taken.
extern const Service service;

/// Parses one answer of DescribeDBInstances (which lists Neptune and DocumentDB instances too).
[[nodiscard]] Result<ItemPage> parse_instances(std::string body, const Region& region,
                                               const core::GuardSettings& guards);

}  // namespace doze::aws::rds

/// RDS clusters: those of Aurora, and of Neptune and DocumentDB, which share these operations: DescribeDBClusters,
/// StopDBCluster, StartDBCluster. See service.hpp for the contract.
namespace doze::aws::rds_cluster {

extern const Service service;

/// Parses one answer of DescribeDBClusters.
[[nodiscard]] Result<ItemPage> parse_clusters(std::string body, const Region& region,
                                              const core::GuardSettings& guards);

}  // namespace doze::aws::rds_cluster
