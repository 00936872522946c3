// The activity module by itself: says when the keyboard or the pointer comes to life and when it rests,
// and how the source itself is. It never learns which key.
//
//     example_activity_monitor [--seconds N]        ends after N seconds, or on Ctrl-C

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <string_view>

#include "adapters/activity/x11/x11_input.hpp"
#include "ports/clock.hpp"

using namespace doze;

namespace {

void print(const std::string& line) {
    fmt::print("{}\n", line);
    std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
    int seconds = 0;
    if (argc == 3 && std::string_view(argv[1]) == "--seconds") {
        const std::string_view text = argv[2];
        if (std::from_chars(text.data(), text.data() + text.size(), seconds).ec != std::errc()) seconds = -1;
    }
    if ((argc != 1 && argc != 3) || seconds < 0 || (argc == 3 && seconds == 0)) {
        fmt::print(stderr, "usage: {} [--seconds N]\n", argv[0]);
        return 2;
    }

    boost::asio::io_context io(1);
    const ports::SystemClock clock;
    activity::X11Input source(io, clock, {.environment = activity::X11Environment::of_process()});
    source.start({
        .signal =
            [&](const core::ActivitySignal& signal) {
                print(fmt::format("{} {} ({} ms ago)", core::to_string(signal.kind),
                                  signal.ongoing ? "in use" : "at rest since its last event",
                                  (clock.now().boot - signal.at).count()));
            },
        .status =
            [](const core::SourceStatus& status) {
                print(fmt::format("[{}] {}{}{}", status.name, core::to_string(status.state),
                                  status.detail.empty() ? "" : ": ", status.detail));
            },
    });

    boost::asio::signal_set interrupt(io, SIGINT, SIGTERM);
    interrupt.async_wait([&](const boost::system::error_code&, int) { io.stop(); });
    boost::asio::steady_timer end(io, std::chrono::seconds(seconds));
    if (seconds > 0) end.async_wait([&](const boost::system::error_code&) { io.stop(); });
    io.run();
}
