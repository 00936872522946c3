#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

#include "adapters/aws/credentials/chain.hpp"
#include "fake_http.hpp"
#include "fakes/fake_clock.hpp"
#include "fakes/fake_keyring.hpp"
#include "fakes/temp_dir.hpp"
#include "variables.hpp"

namespace doze::aws {

/// A home folder, an environment, a network and a keyring of its own, and a chain that looks at them.
class ChainTest : public testing::Test {
   protected:
    ChainTest() { keyring_.trouble = fakes::FakeKeyring::absent(); }

    /// Runs the loop until the coroutine is done.
    template <class T>
    T wait(boost::asio::awaitable<T> work) {
        std::optional<T> result;
        boost::asio::co_spawn(io_, std::move(work), [&](std::exception_ptr bug, T value) {
            if (bug) std::rethrow_exception(bug);
            result.emplace(std::move(value));
        });
        io_.restart();
        io_.run();
        return std::move(*result);
    }

    ProviderContext places(Profiles& profiles) {
        return {.http = http_,
                .profiles = profiles,
                .clock = clock_,
                .keyring = &keyring_,
                .environment = variables_,
                .pause = [](core::Duration) -> boost::asio::awaitable<void> { co_return; },
                .tell = [this](const std::string& sentence) { told_.push_back(sentence); }};
    }

    void write(const std::string& name, const std::string& text) const {
        const auto path = home_.path() / ".aws" / name;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path, std::ios::binary) << text;
    }
    std::string read(const std::string& name) const {
        std::ifstream file(home_.path() / ".aws" / name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// Asks a chain that knows nothing yet.
    Result<Credentials> get(const std::string& profile = {}) {
        Profiles profiles(variables_, profile);
        CredentialsChain chain(places(profiles));
        return wait(chain.get(clock_.wall()));
    }

    /// Asks the chain that remembers.
    Result<Credentials> ask() { return wait(chain_.get(clock_.wall())); }
    std::string ask_id() {
        const auto found = ask();
        return found ? found->access_key_id : found.error().message;
    }

    Error error(const std::string& profile = {}) {
        const auto credentials = get(profile);
        EXPECT_FALSE(credentials);
        if (credentials) return {};
        EXPECT_EQ(credentials.error().code, ErrorCode::no_credentials);
        EXPECT_NE(credentials.error().next_step, "");
        EXPECT_THAT(credentials.error().text(), testing::Not(testing::HasSubstr("hush")));
        return credentials.error();
    }

    void set_environment_keys() const {
        variables_["AWS_ACCESS_KEY_ID"] = "AKENV";
        variables_["AWS_SECRET_ACCESS_KEY"] = "hush";
    }

    boost::asio::io_context io_{1};
    std::vector<std::string> told_;
    fakes::TempDir home_;
    Variables variables_{{"HOME", home_.path().string()}};
    FakeHttp http_;
    fakes::FakeKeyring keyring_;
    fakes::FakeClock clock_;  ///< Begins at 2026-01-05T08:00:00Z.
    Profiles profiles_{variables_};
    CredentialsChain chain_{places(profiles_)};
};

}  // namespace doze::aws
