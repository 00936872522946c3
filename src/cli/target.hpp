#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/model/resource.hpp"

namespace doze::cli {

/// A resource named by a person, perhaps without its region.
struct Target {
    /// Its region is empty if the person named none.
    core::ResourceId id;

    [[nodiscard]] bool has_region() const { return !id.region.str().empty(); }
};

/// Parses i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME, each optionally with PROFILE@ in front. `region` is
/// the value of --region (may be empty) and must not contradict. The error is `bad_request`.
[[nodiscard]] Result<Target> parse_target(std::string_view text, std::string_view region);

/// As parse_target(), but only for kinds with a size; CLUSTER/NODEGROUP is enough for a node group.
[[nodiscard]] Result<Target> parse_sized_target(std::string_view text, std::string_view region);

/// The resource of a list item, from the inventory or the registrations (not from a single cluster's list).
[[nodiscard]] core::ResourceId resource_in(const core::KindInfo& kind, const boost::json::object& item);

/// All resources in the content of LIST_ALL_SERVICES and LIST_REGISTERED_SERVICES.
[[nodiscard]] std::vector<core::ResourceId> resources_in(const boost::json::object& content);

/// The target with its region, if exactly one of the known resources matches.
[[nodiscard]] Result<core::ResourceId> locate(const Target& target, const std::vector<core::ResourceId>& known);

/// The members that name a resource in JSON messages.
[[nodiscard]] boost::json::object to_content(const core::ResourceId& id);

}  // namespace doze::cli
