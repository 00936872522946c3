#pragma once

#include <string>

#include "base/result.hpp"
#include "cloud/aws/client.hpp"
#include "ports/http_client.hpp"

namespace doze::cloud::aws {

/// What AWS itself said when it refused a call. Both are empty where the answer is none of AWS's.
struct Refusal {
    std::string code;     ///< "InsufficientInstanceCapacity"
    std::string message;  ///< One line, at most a few hundred bytes.
};

/// Reads any of AWS's error formats: the XML of EC2 and of the Query protocol, JSON with `__type` or `code`,
/// and the header x-amzn-errortype. Takes any bytes.
[[nodiscard]] Refusal parse_refusal(const ports::HttpResponse& response);

/// The error that an answer with a status of 300 or more is. Pure; never holds a credential.
[[nodiscard]] Error error_of(const Call& call, const ports::HttpResponse& response);

}  // namespace doze::cloud::aws
