#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>

namespace doze::server {

/// Runs the loop until `condition` holds. False after two minutes, which only a broken test sees.
template <class Condition>
bool loop_until(boost::asio::io_context& loop, Condition condition) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
    while (!condition()) {
        if (std::chrono::steady_clock::now() > deadline) return false;
        loop.restart();
        loop.run_one_for(std::chrono::milliseconds(10));
    }
    return true;
}

}  // namespace doze::server
