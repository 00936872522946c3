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

/// The least IAM policy: what doze must be allowed for what is registered, and nothing else. Made from the tables of
/// permissions that the kinds have. Pure.
namespace doze::doctor {

struct Statement {
    std::string sid;
    std::vector<std::string> actions;
    std::vector<std::string> resources;

    bool operator==(const Statement&) const = default;
};

/// The ARN of what a permission's pattern means for one resource; "*" where it has no pattern. `account` is twelve
/// digits, or "*".
[[nodiscard]] std::string arn_of(const aws::Permission& permission, const core::ResourceId& id,
                                 std::string_view account);

/// For these resources. Lists are allowed of their kinds only.
[[nodiscard]] std::vector<Statement> least_policy(std::span<const core::ResourceId> ids, std::string_view account);

/// For any resource of any kind in the partitions of these regions.
[[nodiscard]] std::vector<Statement> policy_for_all(std::span<const Region> regions, std::string_view account);

/// As IAM takes it.
[[nodiscard]] boost::json::object to_json(std::span<const Statement> policy);

/// What IAM counts: all but white space.
[[nodiscard]] std::size_t counted_size(std::string_view policy_text);

/// The most that a managed policy may count (IAM and AWS STS quotas).
constexpr std::size_t managed_policy_limit = 6144;

/// Why a policy has an action.
struct Reason {
    std::string_view action;
    std::string why;

    bool operator==(const Reason&) const = default;
};

/// Of all actions that these kinds need, each once.
[[nodiscard]] std::vector<Reason> reasons(const std::set<core::Kind>& kinds);

}  // namespace doze::doctor
