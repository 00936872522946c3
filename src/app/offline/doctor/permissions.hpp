#pragma once

#include <boost/asio/awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "app/offline/doctor/finding.hpp"
#include "base/ids.hpp"
#include "core/model/resource.hpp"

/// Whether AWS allows what doze does: by a dry run or a small question where the action has one, by IAM's own
/// simulation where it is allowed, and else not at all.
namespace doze::doctor {

/// One action, tried in one region.
struct Attempt {
    ProfileName profile;
    std::string_view action;
    std::string_view what_for;  ///< Only of what doze can do without (Permission::Use::extra).
    aws::Call call;
    std::optional<Result<std::string>> answer;  ///< None: did not come in time. So with all facts here.
};

/// Actions about the same resources that can only be simulated.
struct Simulation {
    ProfileName profile;
    Region region;  ///< Any of theirs.
    std::vector<std::string> actions;
    std::vector<std::string> resources;                ///< ARNs, or "*".
    std::map<std::string, std::string> what_for = {};  ///< As in Attempt, by action.
    std::optional<Result<std::vector<std::string>>> denied = std::nullopt;
};

struct PermissionFacts {
    std::vector<Attempt> attempts;
    std::vector<Simulation> simulations;
};

/// What to try for these resources, which one profile of this account (twelve digits) reaches.
[[nodiscard]] PermissionFacts permissions_to_try(const ProfileName& profile, std::string_view account,
                                                 const std::vector<core::ResourceId>& ids);

/// Each fills in its facts, which must outlive it. `caller_arn`: whom AWS takes the client for.
boost::asio::awaitable<void> examine(aws::Client& client, Attempt& attempt);
boost::asio::awaitable<void> examine(aws::Client& client, std::string caller_arn, Simulation& simulation);

/// A line for each action, and one for all that can't be tried.
[[nodiscard]] Findings judge_permissions(const PermissionFacts& facts);

}  // namespace doze::doctor
