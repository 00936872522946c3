#pragma once

#include <boost/asio/awaitable.hpp>

#include "cloud/aws/credentials/places.hpp"

namespace doze::cloud::aws {

/// The endpoint that ECS and EKS pod identity offer within a container: AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or
/// AWS_CONTAINER_CREDENTIALS_FULL_URI, with the token of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. Plain http only to this machine and to the addresses of ECS and EKS, and through
/// no proxy: whoever answers there gets the token.
boost::asio::awaitable<Found> from_container(const Places& places, Pace& pace, core::WallTime now);

}  // namespace doze::cloud::aws
