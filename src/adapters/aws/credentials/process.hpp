#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "adapters/aws/credentials/provider.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

/// Runs the profile's credential_process and reads the keys that it prints, in version 1 of that format. The program
/// has a minute; it is asked again when its keys are about to expire.
boost::asio::awaitable<ProviderResult> from_process(const Profile& profile, Pace& pace, core::WallTime now);

/// Runs a program, found by PATH and without a shell, and returns what it prints. Its input is empty, and what it says
/// on stderr is thrown away: it may hold secrets. After `limit` it is killed with what it started. An error reads as
/// "ended with exit code 3"; it never holds any output.
boost::asio::awaitable<Result<Secret>> run_program(std::vector<std::string> words, core::Duration limit);

}  // namespace doze::aws
