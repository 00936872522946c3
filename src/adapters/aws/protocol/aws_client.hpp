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

/// Whose credentials carry the calls that share it: all go out with those of one account, or not at all.
struct Caller {
    AccountId wanted = {};     ///< In: only this one's; empty: anybody's.
    std::string service = {};  ///< In: the service that has the resources; others may have other endpoints.

    /// Out: whose the resources are that are called about; empty as long as that is not known.
    AccountId account = {};

    std::string keys = {};  ///< The access key of the first call, and whose it is.
    AccountId keys_of = {};
};

/// One request to an AWS service, before endpoint and signature.
struct Call {
    std::string service;  ///< Signing name and endpoint prefix: "ec2", "ecs", "application-autoscaling".
    Region region;
    std::string operation;   ///< For messages: "StopInstances".
    std::string iam_action;  ///< What a policy must allow: "ec2:StopInstances".
    std::string method = "POST";
    std::vector<std::string> path = {};                           ///< Segments, not encoded.
    std::vector<std::pair<std::string, std::string>> query = {};  ///< Not encoded.
    ports::HttpHeaders headers = {};
    std::string body = {};

    std::shared_ptr<Caller> caller = nullptr;  ///< None: whosever.

    /// A call that others wait for: one attempt, in no more than this. None: as long as it takes.
    core::Duration at_most{};

    /// EC2 instances that it starts or stops: AWS throttles by them too.
    std::size_t resources = 0;

    /// A person waits for it: it may use up what AWS's buckets hold (Throttle).
    bool is_awaited = false;
};

/// Sends calls: credentials, endpoint, signature, the one retry loop. What comes back with a status
/// below 300 is the body; everything else is an Error that tells what AWS said (`aws_code`), what it
/// means (`code`), whether trying later may help (`recovery`) and what a person can do (`next_step`).
class Client {
   public:
    virtual ~Client() = default;
    virtual boost::asio::awaitable<Result<std::string>> call(Call call) = 0;
};

}  // namespace doze::aws
