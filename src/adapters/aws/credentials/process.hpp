#pragma once

#include <boost/asio/awaitable.hpp>

#include "adapters/aws/credentials/provider.hpp"

namespace doze::aws {

/// Runs the profile's credential_process and reads the keys that it prints, in version 1 of that format. The program
/// has a minute; it is asked again when its keys are about to expire.
boost::asio::awaitable<ProviderResult> from_process(const Profile& profile, Pace& pace, core::WallTime now);

}  // namespace doze::aws
