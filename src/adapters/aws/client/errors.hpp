#pragma once

#include <string>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// AWS's own words in a refusal. Both are empty if the answer does not come from AWS.
struct Refusal {
    std::string code;     ///< "InsufficientInstanceCapacity"
    std::string message;  ///< One line, at most 500 bytes.
};

/// Reads any of AWS's error formats: the XML of EC2 and of the Query protocol, JSON with `__type` or `code`, and the
/// header x-amzn-errortype. Accepts any bytes.
[[nodiscard]] Refusal parse_refusal(const ports::HttpResponse& response);

/// Converts an answer with a status of 300 or more to an error. Pure; the error never contains credentials.
[[nodiscard]] Error error_of(const Call& call, const ports::HttpResponse& response);

/// The same for a refusal inside a successful answer: the error of an EKS update, the StateReason of an instance
/// ("Server.InsufficientInstanceCapacity"). Reads only service, region, operation and iam_action of `call`.
[[nodiscard]] Error error_of(const Call& call, const Refusal& refusal);

/// The distinct instance ids that an error names, in order: without them a refused batch may succeed. AWS's message is
/// cut after 500 bytes, so a long list may be incomplete.
[[nodiscard]] std::vector<std::string> named_instances(const Error& error);

}  // namespace doze::aws
