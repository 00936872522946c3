#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// The endpoint that ECS and EKS pod identity offer within a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
/// AWS_CONTAINER_CREDENTIALS_FULL_URI, with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. Plain http only to this machine and to the addresses of ECS and EKS, and through
/// no proxy: whoever answers there gets the token.
boost::asio::awaitable<ProviderResult> from_container(const ProviderContext& places, Pace& pace, core::WallTime now);

}  // namespace doze::aws
