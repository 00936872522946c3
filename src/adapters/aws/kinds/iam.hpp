#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"

/// What IAM says of permissions.
namespace doze::aws::iam {

/// The user or role whose policies count for a caller (the ARN of GetCallerIdentity); none for the root user and for
/// federated users, who have none. A role's path is not in the ARN of its session, so a role with a path can't be
/// named: IAM then knows no such role.
[[nodiscard]] std::optional<std::string> principal_of(std::string_view caller_arn);

struct Question {
    std::string principal;
    std::vector<std::string> actions;    ///< At least one.
    std::vector<std::string> resources;  ///< ARNs, or "*".
};

/// The actions of the question that are not allowed on all of its resources, by SimulatePrincipalPolicy, which needs
/// iam:SimulatePrincipalPolicy. `region`: any of the partition. `client` must outlive the call.
boost::asio::awaitable<Result<std::vector<std::string>>> denied_actions(Client& client, Region region,
                                                                        Question question);

}  // namespace doze::aws::iam
