#pragma once

#include <string>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// What AWS itself said when it refused a call. Both are empty where the answer is none of AWS's.
struct Refusal {
    std::string code;     ///< "InsufficientInstanceCapacity"
    std::string message;  ///< One line, at most 500 bytes.
};

/// Reads any of AWS's error formats: the XML of EC2 and of the Query protocol, JSON with `__type` or `code`,
/// and the header x-amzn-errortype. Takes any bytes.
[[nodiscard]] Refusal parse_refusal(const ports::HttpResponse& response);

/// The error that an answer with a status of 300 or more is. Pure; never holds a credential.
[[nodiscard]] Error error_of(const Call& call, const ports::HttpResponse& response);

/// The same for a refusal that came inside a good answer: an error of an EKS update, a StateReason of an instance
/// ("Server.InsufficientInstanceCapacity"). Of `call`, service, region, operation and iam_action are read.
[[nodiscard]] Error error_of(const Call& call, const Refusal& refusal);

/// The instances that an error names, each once, in order: a batch that was refused for these may succeed without them.
/// AWS's words are cut after 500 bytes, so of many not all are named.
[[nodiscard]] std::vector<std::string> named_instances(const Error& error);

}  // namespace doze::aws
