#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/http/curl_http_client.hpp"
#include "adapters/keyring/secret_service.hpp"
#include "base/result.hpp"
#include "ports/system_clock.hpp"

namespace doze::auth {

/// What one `doze auth` needs of the world, wired.
class Access {
   public:
    /// `profile`: explicitly asked for; empty leaves the choice to the environment.
    static Result<std::unique_ptr<Access>> open(std::string profile, Environment environment);

    [[nodiscard]] aws::ProviderContext places() {
        return {
            .http = *http_, .profiles = profiles_, .clock = clock_, .keyring = &keyring_, .environment = environment_};
    }
    [[nodiscard]] aws::Profiles& profiles() { return profiles_; }
    [[nodiscard]] ports::Keyring& keyring() { return keyring_; }
    [[nodiscard]] core::WallTime now() const { return clock_.now().wall; }
    [[nodiscard]] const Environment& environment() const { return environment_; }

    /// Runs the loop until the coroutine is done.
    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        std::optional<T> result;
        boost::asio::co_spawn(loop_, std::move(work), [&](std::exception_ptr bug, T value) {
            if (bug) std::rethrow_exception(bug);
            result.emplace(std::move(value));
        });
        loop_.restart();
        loop_.run();
        return std::move(*result);
    }

   private:
    Access(std::string profile, Environment environment)
        : environment_(environment), profiles_(std::move(environment), std::move(profile)) {}

    boost::asio::io_context loop_{1};
    ports::SystemClock clock_;
    Environment environment_;
    std::unique_ptr<http::CurlHttpClient> http_;
    keyring::SecretService keyring_;
    aws::Profiles profiles_;
};

}  // namespace doze::auth
