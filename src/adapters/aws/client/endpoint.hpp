#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/profiles/profiles.hpp"
#include "base/ids.hpp"
#include "base/paths.hpp"
#include "base/result.hpp"

namespace doze::aws {

/// Where a service answers.
struct Endpoint {
    std::string origin;     ///< "https://ec2.eu-west-1.amazonaws.com", "http://127.0.0.1:5000"
    std::string host;       ///< As the Host header has it: with any port but the scheme's own.
    std::string base_path;  ///< Encoded, before the path of the call; "" or "/moto".

    bool operator==(const Endpoint&) const = default;
};

/// A URL as an endpoint. `where` says where it stood, for the message.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view url, std::string_view where);

/// Which of AWS's own endpoints of a service is meant.
struct EndpointVariant {
    bool fips = false;        ///< With cryptography validated for the US government.
    bool dual_stack = false;  ///< By IPv6 too.
};

/// The regional endpoint of AWS itself, in the partition of the region (commercial, China, GovCloud, ...). `service` is
/// the signing name ("ec2", "monitoring"), or "sso" and "sso-oidc", which are asked unsigned; "iam" is to be asked in
/// its home region. Right for the services doze uses, as botocore's rule sets have it.
[[nodiscard]] Endpoint aws_endpoint(std::string_view service, const Region& region, EndpointVariant variant = {});

/// "aws", "aws-cn", ...: the partition of a region, as ARNs name it.
[[nodiscard]] std::string_view partition_name(const Region& region);

/// Whether a host, as in Endpoint, is AWS's own, whichever of its partitions and variants.
[[nodiscard]] bool is_aws_host(std::string_view host);

/// "AWS_ENDPOINT_URL_AUTO_SCALING": the variable that says where a service is asked, by its signing name.
[[nodiscard]] std::string endpoint_variable(std::string_view service);

/// $AWS_ENDPOINT_URL_<SERVICE>, $AWS_ENDPOINT_URL, the profile's services section, the profile's
/// endpoint_url, or AWS's own: the first that is there, in the order of the AWS SDKs' reference guide.
/// $AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true leaves AWS's own only. $AWS_USE_FIPS_ENDPOINT, $AWS_USE_DUALSTACK_ENDPOINT
/// and the profile's use_fips_endpoint, use_dualstack_endpoint choose among AWS's own; together with a URL each of
/// them is an error, as it is to the SDKs. STS is asked in the region too, never at its global endpoint.
[[nodiscard]] Result<Endpoint> endpoint_for(std::string_view service, const Region& region,
                                            const Environment& environment, const Profile& profile);

}  // namespace doze::aws
