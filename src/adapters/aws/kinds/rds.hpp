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

/// What RDS instances and clusters have in common (Query protocol, 2014-10-31): both are stopped and started one by
/// one, tell the same states, and are started by AWS seven days after they were stopped.
namespace doze::aws::rds {

/// A kind of database, in RDS's words.
struct Database {
    core::Kind kind;
    std::string_view describe;  ///< "DescribeDBInstances"
    std::string_view filter;    ///< "db-instance-id"
    const char* list;           ///< "DBInstances"
    const char* element;        ///< "DBInstance"
    const char* name;           ///< "DBInstanceIdentifier", of members and parameters.
    const char* status;         ///< "DBInstanceStatus"
    const char* created;        ///< "InstanceCreateTime"
    const char* stop;           ///< "StopDBInstance"
    const char* start;          ///< "StartDBInstance"

    /// The guard that lies in what it is; it comes before the guard by tag, which alone may be overridden.
    std::optional<core::Guard> (*guard)(pugi::xml_node database);
    std::vector<core::Detail> (*details)(pugi::xml_node database);
};

/// A page of all, or only of these by a filter: a name without one fails the call if it is not there.
[[nodiscard]] Call describe_call(const Region& region, const std::vector<core::ResourceId>& only,
                                 const std::string& marker, const Database& kind);

[[nodiscard]] Result<ItemPage> parse_page(std::string body, const Region& region, const core::GuardSettings& guards,
                                          const Database& kind);

/// A detail that may be absent.
[[nodiscard]] core::Detail detail(std::string_view name, std::optional<std::string> text);

/// "db.example.com:5432"; none without a host.
[[nodiscard]] std::optional<std::string> host_and_port(const std::optional<std::string>& host,
                                                       const std::optional<std::string>& port);

/// StopDBInstance and the like: one call for each target, a few at once. `kind` must outlive it.
boost::asio::awaitable<void> change_all(Client& client, std::vector<core::Target> targets, CallReturned each,
                                        std::string operation, const Database& kind);

/// How a kind of database is described, for list_by and describe_by.
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

/// Tries whether the kind may be described.
template <const Database& kind>
Call small_page(const std::vector<core::ResourceId>& some) {
    return describe_call(some.front().region, {}, {}, kind);
}

/// The kind, as all databases do it.
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

/// One answer of DescribeDBInstances (those of Neptune and DocumentDB are in it too).
[[nodiscard]] Result<ItemPage> parse_instances(std::string body, const Region& region,
                                               const core::GuardSettings& guards);

}  // namespace doze::aws::rds

/// RDS clusters, that is those of Aurora, and of Neptune and DocumentDB, which share these operations:
/// DescribeDBClusters, StopDBCluster, StartDBCluster. See service.hpp for the contract.
namespace doze::aws::rds_cluster {

extern const Service service;

/// One answer of DescribeDBClusters.
[[nodiscard]] Result<ItemPage> parse_clusters(std::string body, const Region& region,
                                              const core::GuardSettings& guards);

}  // namespace doze::aws::rds_cluster
