#include "adapters/keyring/secret_service.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "adapters/keyring/bus_keyring.hpp"
#include "base/async_event.hpp"

namespace doze::keyring {

namespace asio = boost::asio;

namespace {

/// Runs `work` on a thread of its own and waits on the loop for what it returns.
template <class T>
asio::awaitable<T> on_thread(std::function<T()> work) {
    struct Outcome {
        AsyncEvent done;
        std::optional<T> result;
    };
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<Outcome> outcome(new Outcome{.done = AsyncEvent(executor), .result = {}});
    const std::jthread thread([executor, outcome, work = std::move(work)] {
        auto result = std::make_shared<T>(work());
        asio::post(executor, [outcome, result] {
            outcome->result = std::move(*result);
            outcome->done.set();
        });
    });
    co_await outcome->done.wait();
    co_return std::move(*outcome->result);
}

}  // namespace

asio::awaitable<Result<std::optional<Secret>>> SecretService::read(std::string name) {
    std::function<Result<std::optional<Secret>>()> work = [name] {
        return with_keyring<std::optional<Secret>>([&](BusKeyring& keyring) { return keyring.read(name); });
    };
    co_return co_await on_thread(std::move(work));
}

asio::awaitable<Result<void>> SecretService::write(std::string name, Secret text) {
    std::function<Result<void>()> work = [name, text] {
        return with_keyring<void>([&](BusKeyring& keyring) { return keyring.write(name, text); });
    };
    co_return co_await on_thread(std::move(work));
}

asio::awaitable<Result<bool>> SecretService::erase(std::string name) {
    std::function<Result<bool>()> work = [name] {
        return with_keyring<bool>([&](BusKeyring& keyring) { return keyring.erase(name); });
    };
    co_return co_await on_thread(std::move(work));
}

}  // namespace doze::keyring
