#pragma once

#include <boost/asio/awaitable.hpp>

#include "cloud/aws/credentials/places.hpp"

namespace doze::cloud::aws {

/// Runs the profile's credential_process and reads the keys that it prints, in version 1 of that format. The program
/// has a minute; it is asked again when its keys are about to expire.
boost::asio::awaitable<Found> from_process(const Profile& profile, Pace& pace, core::WallTime now);

}  // namespace doze::cloud::aws
