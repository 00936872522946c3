#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "ports/keyring.hpp"

namespace doze::fakes {

/// Keeps secrets in memory. While `trouble` is set, every call fails with it.
class FakeKeyring final : public ports::Keyring {
   public:
    boost::asio::awaitable<Result<std::optional<Secret>>> read(std::string name) override {
        ++reads;
        co_await turn();
        if (trouble) co_return *trouble;
        const auto found = secrets.find(name);
        if (found == secrets.end()) co_return std::optional<Secret>();
        co_return std::optional(found->second);
    }
    boost::asio::awaitable<Result<void>> write(std::string name, Secret text) override {
        co_await turn();
        if (trouble) co_return *trouble;
        secrets.insert_or_assign(std::move(name), std::move(text));
        co_return Result<void>();
    }
    boost::asio::awaitable<Result<bool>> erase(std::string name) override {
        co_await turn();
        if (trouble) co_return *trouble;
        co_return secrets.erase(name) > 0;
    }

    static Error absent() { return {.code = ErrorCode::not_found, .message = "There is no keyring."}; }
    static Error locked() {
        return {.code = ErrorCode::unauthorized, .message = "The keyring is locked.", .next_step = "Unlock it."};
    }

    std::map<std::string, Secret> secrets;
    std::optional<Error> trouble;
    int reads = 0;

   private:
    static boost::asio::awaitable<void> turn() {
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
    }
};

}  // namespace doze::fakes
