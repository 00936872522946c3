#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"
#include "base/ids.hpp"

namespace doze::aws {

/// The endpoint that ECS and EKS pod identity offer within a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
/// AWS_CONTAINER_CREDENTIALS_FULL_URI, with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. Plain http only to this machine and to the addresses of ECS and EKS, and through
/// no proxy: whoever answers there gets the token.
boost::asio::awaitable<ProviderResult> from_container(const ProviderContext& places, Pace& pace, core::WallTime now);

/// The metadata service of an EC2 instance, in its second version only (with a session token), through no proxy, and
/// with short timeouts: elsewhere nobody answers. AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT and
/// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE apply, as do the profile's settings of these names.
/// The keys of the instance's role.
boost::asio::awaitable<ProviderResult> from_instance_metadata(const ProviderContext& places, const Profile& profile,
                                                              Pace& pace, core::WallTime now);

/// The region that the instance is in; an error says why that can't be known.
boost::asio::awaitable<Result<Region>> region_of_instance(const ProviderContext& places, const Profile& profile);

}  // namespace doze::aws
