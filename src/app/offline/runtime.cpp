#include "app/offline/runtime.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <csignal>
#include <cstddef>
#include <fmt/format.h>

#include "base/async_event.hpp"
#include "base/secret.hpp"

namespace doze::offline {

namespace asio = boost::asio;

Runtime::Runtime(const cli::Console& console) : console_(console) {
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of its connection.
}

Result<void> Runtime::open_aws(const std::string& profile) {
    auto aws = access::CloudAccess::open(loop_, clock_);
    if (!aws) return aws.error();
    aws_ = std::move(*aws);
    aws_->choose_profile(profile);
    return {};
}

bool Runtime::run(asio::awaitable<void> work, std::chrono::milliseconds time, std::string_view what) {
    const auto done = std::make_shared<bool>(false);
    asio::co_spawn(loop_, std::move(work), [done](std::exception_ptr bug) {
        if (bug) std::rethrow_exception(bug);
        *done = true;
    });
    run_until([&done] { return *done; }, time, what);
    return *done;
}

void Runtime::run_until(const std::function<bool()>& done, std::chrono::milliseconds time, std::string_view what) {
    using std::chrono::steady_clock;
    const auto began = steady_clock::now();
    const auto end = began + time;
    bool shows = false;
    loop_.restart();
    while (!done() && steady_clock::now() < end) {
        const auto next = std::min(end, steady_clock::now() + std::chrono::seconds(1));
        while (!done() && steady_clock::now() < next) loop_.run_one_until(next);
        if (done() || what.empty() || !console_.err_is_terminal) continue;
        const auto waited = std::chrono::floor<std::chrono::seconds>(steady_clock::now() - began);
        console_.err << fmt::format("\r{}, {} s ...", what, waited.count()) << std::flush;
        shows = true;
    }
    if (shows) console_.err << "\r\x1b[K" << std::flush;  // ANSI "erase in line".
}

asio::awaitable<void> all_of(std::vector<asio::awaitable<void>> questions) {
    if (questions.empty()) co_return;
    struct Open {
        AsyncEvent none;
        std::size_t count;
    };
    const auto executor = co_await asio::this_coro::executor;
    const std::shared_ptr<Open> open(new Open{.none = AsyncEvent(executor), .count = questions.size()});
    for (auto& question : questions) {
        asio::co_spawn(executor, std::move(question), [open](std::exception_ptr bug) {
            if (bug) std::rethrow_exception(bug);
            if (--open->count == 0) open->none.set();
        });
    }
    co_await open->none.wait();
}

}  // namespace doze::offline
