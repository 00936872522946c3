#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// Shared by calls that belong together: all go out with the credentials of one account, or not at all.
struct Caller {
    AccountId wanted = {};     ///< In: the required account; empty: any.
    std::string service = {};  ///< In: the service that owns the resources; other services may have other endpoints.

    /// Out: the account that owns the resources; empty while it is not known.
    AccountId account = {};

    std::string keys = {};  ///< The access key of the first call; below, its account.
    AccountId keys_of = {};
};

/// A request to an AWS service, before endpoint and signature are added.
struct Call {
    std::string service;  ///< Signing name and endpoint prefix: "ec2", "ecs", "application-autoscaling".
    Region region;
    std::string operation;   ///< For messages: "StopInstances".
    std::string iam_action;  ///< The action in IAM policies: "ec2:StopInstances".
    std::string method = "POST";
    std::vector<std::string> path = {};                           ///< Path segments, not encoded.
    std::vector<std::pair<std::string, std::string>> query = {};  ///< Not encoded.
    ports::HttpHeaders headers = {};
    std::string body = {};

    std::shared_ptr<Caller> caller = nullptr;  ///< Null: any account will do.

    /// For a call that other calls wait for: a single attempt, limited to this time. Zero: no such limit.
    core::Duration at_most{};

    /// The number of EC2 instances to start or stop: AWS throttles by them too.
    std::size_t resources = 0;

    /// A person is waiting: the call may use the reserve of the token buckets (Throttle).
    bool is_awaited = false;
};

/// Sends calls: adds credentials, endpoint and signature, and retries. Returns the body if the status is below 300;
/// otherwise an Error with AWS's own code (`aws_code`), its meaning (`code`), whether retrying may help (`recovery`)
/// and what a person can do (`next_step`).
class Client {
   public:
    virtual ~Client() = default;
    virtual boost::asio::awaitable<Result<std::string>> call(Call call) = 0;
};

}  // namespace doze::aws
