#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <cstddef>
#include <exception>
#include <memory>

#include "base/async_event.hpp"

namespace doze::aws {
namespace detail {

struct Race {
    std::size_t next = 0;
    std::size_t running = 0;
    AsyncEvent last_done;
};

template <class Body>
boost::asio::awaitable<void> run_lane(std::shared_ptr<Race> race, std::size_t count, Body& body) {
    while (race->next < count) co_await body(race->next++);
}

}  // namespace detail

/// Runs body(0) ... body(count - 1), each an awaitable<void>, at most `limit` at a time, and completes when all have.
/// Runs on the caller's executor, which must be single-threaded. `body` lives until the end, so it may be a coroutine
/// lambda that captures by reference.
template <class Body>
boost::asio::awaitable<void> at_once(std::size_t limit, std::size_t count, Body body) {
    const auto executor = co_await boost::asio::this_coro::executor;
    const std::shared_ptr<detail::Race> race(new detail::Race{.last_done = AsyncEvent(executor)});
    race->running = std::min(limit, count);
    for (std::size_t lane = std::min(limit, count); lane > 0; --lane) {
        boost::asio::co_spawn(executor, detail::run_lane(race, count, body), [race](std::exception_ptr bug) {
            if (--race->running == 0) race->last_done.set();
            if (bug) std::rethrow_exception(bug);
        });
    }
    while (race->running > 0) co_await race->last_done.wait();
}

}  // namespace doze::aws
