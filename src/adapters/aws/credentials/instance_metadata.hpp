#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"
#include "base/ids.hpp"

/// The metadata service of an EC2 instance, in its second version only (with a session token), through no proxy, and
/// with short timeouts: elsewhere nobody answers. AWS_EC2_METADATA_DISABLED, AWS_EC2_METADATA_SERVICE_ENDPOINT and
/// AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE apply, as do the profile's settings of these names.
namespace doze::aws {

/// The keys of the instance's role.
boost::asio::awaitable<ProviderResult> from_instance_metadata(const ProviderContext& places, const Profile& profile,
                                                              Pace& pace, core::WallTime now);

/// The region that the instance is in; an error says why that can't be known.
boost::asio::awaitable<Result<Region>> region_of_instance(const ProviderContext& places, const Profile& profile);

}  // namespace doze::aws
