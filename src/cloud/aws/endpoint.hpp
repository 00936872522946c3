#pragma once

#include <string>
#include <string_view>

#include "base/ids.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"
#include "cloud/aws/profiles.hpp"

namespace doze::cloud::aws {

/// Where a service answers.
struct Endpoint {
    std::string origin;     ///< "https://ec2.eu-west-1.amazonaws.com", "http://127.0.0.1:5000"
    std::string host;       ///< As the Host header has it: with any port but the scheme's own.
    std::string base_path;  ///< Encoded, before the path of the call; "" or "/moto".

    bool operator==(const Endpoint&) const = default;
};

/// A URL as an endpoint. `where` says where it stood, for the message.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url, std::string_view where);

/// The endpoint of AWS itself, in the partition of the region (commercial, China, GovCloud, ...).
[[nodiscard]] Endpoint aws_endpoint(std::string_view service, const Region& region);

/// $AWS_ENDPOINT_URL_<SERVICE>, $AWS_ENDPOINT_URL, the profile's services section, the profile's
/// endpoint_url, or AWS's own: the first that is there, in the order of the AWS SDKs' reference guide.
/// $AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves AWS's own only.
[[nodiscard]] Result<Endpoint> endpoint_for(std::string_view service, const Region& region,
                                            const Environment& environment, const Profile& profile);

}  // namespace doze::cloud::aws
