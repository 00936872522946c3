#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"

/// Checks of permissions by IAM.
namespace doze::aws::iam {

/// The user or role whose policies apply to a caller (the ARN from GetCallerIdentity); empty for the root user and
/// federated users, who have none. The ARN of a role's session lacks the role's path, so IAM does not find a role with
/// a path by it.
[[nodiscard]] std::optional<std::string> principal_of(std::string_view caller_arn);

struct Question {
    std::string principal;
    std::vector<std::string> actions;    ///< At least one.
    std::vector<std::string> resources;  ///< ARNs, or "*".
};

/// The actions of the question that are not allowed on all of its resources, by SimulatePrincipalPolicy, which needs
/// iam:SimulatePrincipalPolicy. `region`: any in the partition. `client` must outlive the call.
boost::asio::awaitable<Result<std::vector<std::string>>> denied_actions(Client& client, Region region,
                                                                        Question question);

}  // namespace doze::aws::iam
