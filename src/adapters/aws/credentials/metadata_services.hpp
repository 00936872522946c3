#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"
#include "base/ids.hpp"

namespace doze::aws {

/// The credentials endpoint of ECS and EKS pod identity inside a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
/// AWS_CONTAINER_CREDENTIALS_FULL_URI, with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. Plain http is allowed only to this machine and the addresses of ECS and EKS, and
/// never through a proxy: the server receives the token.
boost::asio::awaitable<ProviderResult> from_container(const ProviderContext& places, Pace& pace, core::WallTime now);

/// The keys of an EC2 instance's role, from its metadata service: version 2 only (with a session token), without a
/// proxy, and with short timeouts, since on other machines nobody answers. AWS_EC2_METADATA_DISABLED,
/// AWS_EC2_METADATA_SERVICE_ENDPOINT and AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE apply, as do the profile's settings of
/// these names.
boost::asio::awaitable<ProviderResult> from_instance_metadata(const ProviderContext& places, const Profile& profile,
                                                              Pace& pace, core::WallTime now);

/// The instance's region; an error says why it is not available.
boost::asio::awaitable<Result<Region>> region_of_instance(const ProviderContext& places, const Profile& profile);

}  // namespace doze::aws
