#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/profiles/profiles.hpp"
#include "base/ids.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"

namespace doze::aws {

/// Address of a service.
struct Endpoint {
    std::string origin;     ///< "https://ec2.eu-west-1.amazonaws.com", "http://127.0.0.1:5000"
    std::string host;       ///< As in the Host header: with the port, unless it is the scheme's default.
    std::string base_path;  ///< Encoded prefix of every call's path; "" or "/moto".

    bool operator==(const Endpoint&) const = default;
};

/// Parses a URL. `where` names its source, for the message.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url, std::string_view where);

/// Which variant of AWS's own endpoints to use.
struct EndpointVariant {
    bool fips = false;        ///< With cryptography validated for the US government.
    bool dual_stack = false;  ///< By IPv6 too.
};

/// AWS's own regional endpoint, in the region's partition (commercial, China, GovCloud, ...). `service` is the signing
/// name ("ec2", "monitoring"), or "sso" or "sso-oidc", whose requests are unsigned; ask "iam" in its home region.
/// Correct for the services that doze uses, according to botocore's rule sets.
[[nodiscard]] Endpoint aws_endpoint(std::string_view service, const Region& region, EndpointVariant variant = {});

/// "aws", "aws-cn", ...: the region's partition, as in ARNs.
[[nodiscard]] std::string_view partition_name(const Region& region);

/// Whether a host, as in Endpoint, belongs to AWS, in any partition and variant.
[[nodiscard]] bool is_aws_host(std::string_view host);

/// "AWS_ENDPOINT_URL_AUTO_SCALING": the variable for the endpoint of the service with this signing name.
[[nodiscard]] std::string endpoint_variable(std::string_view service);

/// The first that is set of $AWS_ENDPOINT_URL_<SERVICE>, $AWS_ENDPOINT_URL, the profile's services section and the
/// profile's endpoint_url, else AWS's own; the order is that of the AWS SDKs' reference guide.
/// $AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true skips all but AWS's own. $AWS_USE_FIPS_ENDPOINT,
/// $AWS_USE_DUALSTACK_ENDPOINT and the profile's use_fips_endpoint and use_dualstack_endpoint select the variant;
/// combined with a URL they are an error, as in the SDKs. STS too is asked in the region, never at its global endpoint.
[[nodiscard]] Result<Endpoint> endpoint_for(std::string_view service, const Region& region,
                                            const Environment& environment, const Profile& profile);

}  // namespace doze::aws
