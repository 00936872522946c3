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

/// What a command that needs no daemon stands on: a loop, a clock, AWS wired from its parts, and a way to wait for what
/// was asked that shows on a terminal that it goes on.
class Runtime {
   public:
    /// As a time to wait: as long as it takes.
    static constexpr std::chrono::milliseconds no_end = std::chrono::years(1);

    /// From here on secrets may be read: nobody else gets at this process's memory. `console` must outlive it.
    explicit Runtime(const cli::Console& console);

    /// Wires AWS for a profile of ~/.aws; empty leaves the choice to the environment. Fails where libcurl can't be had.
    [[nodiscard]] Result<void> open_aws(const std::string& profile);

    /// After open_aws() only.
    [[nodiscard]] access::CloudAccess& aws() { return *aws_; }

    [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
    [[nodiscard]] const ports::Clock& clock() const { return clock_; }

    /// Runs the loop until the work is done. None once the time is over: then it is given up, and must refer only to
    /// what outlives this object; it goes on while something else is waited for, and never after that. After a second
    /// `what` is shown, unless it is empty: "Asking AWS, 3 s ...".
    template <class T>
    std::optional<T> run(boost::asio::awaitable<T> work, std::chrono::milliseconds time, std::string_view what) {
        // Shared with the work, which may be done after it was given up.
        const auto came = std::make_shared<std::optional<T>>();
        boost::asio::co_spawn(loop_, std::move(work), [came](std::exception_ptr bug, T value) {
            if (bug) std::rethrow_exception(bug);
            came->emplace(std::move(value));
        });
        run_until([&came] { return came->has_value(); }, time, what);
        return std::move(*came);
    }

    /// The same; false once the time is over.
    bool run(boost::asio::awaitable<void> work, std::chrono::milliseconds time, std::string_view what);

   private:
    void run_until(const std::function<bool()>& done, std::chrono::milliseconds time, std::string_view what);

    const cli::Console& console_;
    boost::asio::io_context loop_{1};
    ports::SystemClock clock_;
    std::unique_ptr<access::CloudAccess> aws_;
};

/// Side by side; completes when all have.
boost::asio::awaitable<void> all_of(std::vector<boost::asio::awaitable<void>> questions);

}  // namespace doze::offline
