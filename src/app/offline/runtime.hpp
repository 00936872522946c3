#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/access/cloud_access.hpp"
#include "base/result.hpp"
#include "cli/console.hpp"
#include "ports/clock.hpp"

namespace doze::offline {

/// The base of commands that need no daemon: a loop, a clock, AWS wired from its parts, and a way to wait for work that
/// shows progress on the terminal.
class Runtime {
   public:
    /// As a time limit: none.
    static constexpr std::chrono::milliseconds no_end = std::chrono::years(1);

    /// From here on secrets may be read, so other processes' access to this one's memory is closed. `console` must
    /// outlive it.
    explicit Runtime(const cli::Console& console);

    /// Wires AWS for a profile of ~/.aws; empty leaves the choice to the environment. Fails if libcurl can't be
    /// initialised.
    [[nodiscard]] Result<void> open_aws(const std::string& profile);

    /// Only after open_aws().
    [[nodiscard]] access::CloudAccess& aws() { return *aws_; }

    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
    [[nodiscard]] const ports::Clock& clock() const { return clock_; }

    /// Runs the loop until the work is done. Empty if `time` passed first: the work then continues during later calls,
    /// but never after those, and must refer only to objects that outlive this one. After a second shows `what`, unless
    /// it is empty: "Asking AWS, 3 s ...".
    template <class T>
    std::optional<T> run(boost::asio::awaitable<T> work, std::chrono::milliseconds time, std::string_view what) {
        // Shared with the work, which may end after the time limit.
        const auto came = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(loop_, std::move(work), [came](std::exception_ptr bug, T value) {
            if (bug) std::rethrow_exception(bug);
            came->emplace(std::move(value));
        });
        run_until([&came] { return came->has_value(); }, time, what);
        return std::move(*came);
    }

    /// The same; false if `time` passed first.
    bool run(boost::asio::awaitable<void> work, std::chrono::milliseconds time, std::string_view what);

   private:
    void run_until(const std::function<bool()>& done, std::chrono::milliseconds time, std::string_view what);

    const cli::Console& console_;
    boost::asio::io_context loop_{1};
    ports::SystemClock clock_;
    std::unique_ptr<access::CloudAccess> aws_;
};

/// Runs them concurrently; completes when all have.
boost::asio::awaitable<void> all_of(std::vector<boost::asio::awaitable<void>> questions);

}  // namespace doze::offline
