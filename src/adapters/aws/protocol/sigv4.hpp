#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/protocol/credentials.hpp"
#include "base/ids.hpp"
#include "core/model/time.hpp"
#include "ports/http_client.hpp"

/// AWS Signature Version 4, for requests that carry their signature in the Authorization header. Pure.
/// Source: IAM User Guide, "Create a signed AWS API request".
namespace doze::aws {

/// Percent-encodes text for AWS's paths and queries: everything but A-Z a-z 0-9 - . _ ~ becomes %XX.
[[nodiscard]] std::string uri_encode(std::string_view text);

/// The path of a URL, from segments that are not encoded: {"a b", "c"} becomes "/a%20b/c".
[[nodiscard]] std::string encode_path(const std::vector<std::string>& segments);

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

/// The query of a URL (without "?") from unencoded pairs, in the order in which AWS signs it: the same text is sent and
/// signed.
[[nodiscard]] std::string encode_query(const QueryPairs& query);

struct RequestToSign {
    std::string method;
    std::string host;            ///< The Host header: with the port, unless it is the scheme's default.
    std::string path;            ///< As sent, that is encoded once: "/tags/arn%3Aaws".
    QueryPairs query;            ///< Not encoded.
    ports::HttpHeaders headers;  ///< All are signed, except the few that proxies may change.
    std::string_view body;
};

/// Where and when a signature is valid.
struct SigningScope {
    Region region;
    std::string service;  ///< The signing name: "ec2".
    core::WallTime at;
};

/// The headers to add to the request: X-Amz-Date, Authorization, and X-Amz-Security-Token if the credentials have a
/// session token.
[[nodiscard]] ports::HttpHeaders sign(const RequestToSign& request, const Credentials& credentials,
                                      const SigningScope& scope);

/// The canonical request, which is hashed and signed. `headers` must contain X-Amz-Date. Second: the names of the
/// signed headers, "host;x-amz-date".
[[nodiscard]] std::pair<std::string, std::string> canonical_request(const RequestToSign& request,
                                                                    const std::string& service);

}  // namespace doze::aws
