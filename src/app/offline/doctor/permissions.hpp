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

/// Checks whether AWS allows what doze does: by a dry run or a small request if the action has one, else by IAM's
/// simulation if that is allowed.
namespace doze::doctor {

/// A test of one action in one region.
struct Attempt {
    ProfileName profile;
    std::string_view action;
    std::string_view what_for;  ///< Only for actions that doze can do without (Permission::Use::extra).
    aws::Call call;
    std::optional<Result<std::string>> answer;  ///< Empty: no answer in time. The same holds for all facts here.
};

/// Actions on the same resources that can only be simulated.
struct Simulation {
    ProfileName profile;
    Region region;  ///< Any of the resources' regions.
    std::vector<std::string> actions;
    std::vector<std::string> resources;                ///< ARNs, or "*".
    std::map<std::string, std::string> what_for = {};  ///< As in Attempt, by action.
    std::optional<Result<std::vector<std::string>>> denied = std::nullopt;
};

struct PermissionFacts {
    std::vector<Attempt> attempts;
    std::vector<Simulation> simulations;
};

/// What to test for these resources, all reached by one profile of this account (twelve digits).
[[nodiscard]] PermissionFacts permissions_to_try(const ProfileName& profile, std::string_view account,
                                                 const std::vector<core::ResourceId>& ids);

/// Each fills in its facts, which must outlive the call. `caller_arn`: the client's AWS identity.
boost::asio::awaitable<void> examine(aws::Client& client, Attempt& attempt);
boost::asio::awaitable<void> examine(aws::Client& client, std::string caller_arn, Simulation& simulation);

/// A line for each action, and one for all that can't be tested.
[[nodiscard]] Findings judge_permissions(const PermissionFacts& facts);

}  // namespace doze::doctor
