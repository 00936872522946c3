#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "adapters/aws/credentials/provider.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

/// Runs the profile's credential_process and reads the keys that it prints (format version 1). The program has a
/// minute; it runs again when its keys are about to expire.
boost::asio::awaitable<ProviderResult> from_process(const Profile& profile, Pace& pace, core::WallTime now);

/// Runs a program, found by PATH and without a shell, and returns its output. Its standard input is empty, and its
/// stderr is discarded, since it may contain secrets. After `limit` its process group is killed. The error reads "ended
/// with exit code 3" and never contains output.
boost::asio::awaitable<Result<Secret>> run_program(std::vector<std::string> words, core::Duration limit);

}  // namespace doze::aws
