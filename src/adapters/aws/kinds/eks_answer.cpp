#include "adapters/aws/kinds/eks_answer.hpp"

#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::eks {
namespace {

std::vector<core::Tag> tags_of(const boost::json::object& nodegroup) {
    std::vector<core::Tag> tags;
    const auto* members = find_object(nodegroup, "tags");
    if (members == nullptr) return tags;
    for (const auto& [key, value] : *members) {
        if (value.is_string()) tags.push_back({.key = std::string(key), .value = std::string(value.get_string())});
    }
    return tags;
}

core::Phase phase_of(std::string_view status, int desired) {
    if (status == "ACTIVE" || status == "DEGRADED") return desired > 0 ? core::Phase::awake : core::Phase::asleep;
    if (status == "DELETING") return core::Phase::gone;
    // CREATING and UPDATING end by themselves; CREATE_FAILED and DELETE_FAILED do not, but the group is there.
    return core::Phase::changing;
}

}  // namespace

std::optional<core::EksCluster> parse_cluster(std::string_view body, const Region& region) {
    const auto root = parse_json_object(body);
    const auto* from = root ? find_object(*root, "cluster") : nullptr;
    const auto name = from != nullptr ? string_at(*from, "name") : std::nullopt;
    if (!name) return std::nullopt;
    return core::EksCluster{.region = region,
                            .name = ClusterName(*name),
                            .status = string_at(*from, "status").value_or(""),
                            .version = string_at(*from, "version"),
                            .endpoint = string_at(*from, "endpoint"),
                            .created_at = time_at(*from, "createdAt")};
}

std::optional<core::EksNodegroup> parse_nodegroup(std::string_view body, const core::ResourceId& id,
                                                  const core::GuardSettings& guards) {
    const auto root = parse_json_object(body);
    const auto* from = root ? find_object(*root, "nodegroup") : nullptr;
    const auto* scaling = from != nullptr ? find_object(*from, "scalingConfig") : nullptr;
    if (scaling == nullptr) return std::nullopt;
    const auto status = string_at(*from, "status");
    const auto min = count_at(*scaling, "minSize");
    const auto desired = count_at(*scaling, "desiredSize");
    const auto max = count_at(*scaling, "maxSize");
    if (!status || !min || !desired || !max) return std::nullopt;

    const auto types = strings_at(*from, "instanceTypes");
    const auto phase = phase_of(*status, *desired);
    const bool stuck = status->ends_with("_FAILED");
    return core::EksNodegroup{
        .seen = {.id = id,
                 .phase = phase,
                 .settled = phase != core::Phase::changing,
                 .size = {.desired = *desired, .min = min, .max = max},
                 .state = *status,
                 .guard = core::guard_by_tags(tags_of(*from), guards),
                 .stuck = stuck,
                 .advice = stuck ? "See the group's health issues in the EKS console; what could not "
                                   "be created must be deleted and made anew."
                                 : "",
                 .created_at = time_at(*from, "createdAt")},
        .status = *status,
        .instance_type = types && !types->empty() ? std::optional(types->front()) : std::nullopt};
}

bool is_update(std::string_view body) {
    const auto root = parse_json_object(body);
    return root && find_object(*root, "update") != nullptr;
}

}  // namespace doze::aws::eks
