#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "core/model/resource.hpp"

/// The least IAM policy for the registered resources, made from the kinds' tables of permissions.
/// Pure.
namespace doze::doctor {

struct Statement {
    std::string sid;
    std::vector<std::string> actions;
    std::vector<std::string> resources;

    bool operator==(const Statement&) const = default;
};

/// The ARN of a permission's pattern for one resource; "*" if the permission has no pattern. `account` is twelve
/// digits, or "*".
[[nodiscard]] std::string arn_of(const aws::Permission& permission, const core::ResourceId& id,
                                 std::string_view account);

/// The policy for these resources. Lists are allowed for their kinds only.
[[nodiscard]] std::vector<Statement> least_policy(std::span<const core::ResourceId> ids, std::string_view account);

/// The policy for any resource of any kind in the partitions of these regions.
[[nodiscard]] std::vector<Statement> policy_for_all(std::span<const Region> regions, std::string_view account);

/// The policy in IAM's JSON format.
[[nodiscard]] boost::json::object to_json(std::span<const Statement> policy);

/// The size that IAM counts: all characters but white space.
[[nodiscard]] std::size_t counted_size(std::string_view policy_text);

/// Size limit of a managed policy (IAM and AWS STS quotas).
constexpr std::size_t managed_policy_limit = 6144;

/// Why the policy contains an action.
struct Reason {
    std::string_view action;
    std::string why;

    bool operator==(const Reason&) const = default;
};

/// All actions that these kinds need, each once.
[[nodiscard]] std::vector<Reason> reasons(const std::set<core::Kind>& kinds);

}  // namespace doze::doctor
