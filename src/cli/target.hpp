#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/model/resource.hpp"

namespace doze::cli {

/// A resource as a person names it: perhaps without its region.
struct Target {
    /// Without a region where the person named none.
    core::ResourceId id;

    [[nodiscard]] bool has_region() const { return !id.region.str().empty(); }
};

/// Reads i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME, each with PROFILE@ before it or not. `region` is what
/// --region said (may be empty) and must not contradict. `bad_request` says what is wrong.
[[nodiscard]] Result<Target> parse_target(std::string_view text, std::string_view region);

/// As parse_target(), but for kinds with a size only, and CLUSTER/NODEGROUP is enough for a node group.
[[nodiscard]] Result<Target> parse_sized_target(std::string_view text, std::string_view region);

/// The resource that an item of a list is, whether of the inventory or registered (of no cluster's own list).
[[nodiscard]] core::ResourceId resource_in(const core::KindInfo& kind, const boost::json::object& item);

/// All resources in the content of LIST_ALL_SERVICES and LIST_REGISTERED_SERVICES.
[[nodiscard]] std::vector<core::ResourceId> resources_in(const boost::json::object& content);

/// The target with its region, if exactly one of the known resources has its name.
[[nodiscard]] Result<core::ResourceId> locate(const Target& target, const std::vector<core::ResourceId>& known);

/// The members by which JSON messages name a resource.
[[nodiscard]] boost::json::object to_content(const core::ResourceId& id);

}  // namespace doze::cli
