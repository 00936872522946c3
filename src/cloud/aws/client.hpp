#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace doze::cloud::aws {

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

}  // namespace doze::cloud::aws
