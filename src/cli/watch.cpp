#include "cli/watch.hpp"

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <optional>
#include <string>
#include <unistd.h>

#include "cli/commands.hpp"
#include "cli/feed.hpp"
#include "cli/terminal.hpp"
#include "cli/watch_view.hpp"

namespace doze::cli {
namespace {

namespace asio = boost::asio;

constexpr int signal_exit_code = 128;  // As shells have it, plus the signal.

/// One run of the view, on a loop of its own.
class Watch {
   public:
    Watch(const std::filesystem::path& socket, const Console& console, bool color)
        : console_(console), color_(color), feed_(loop_, socket, listener()) {}

    int run() {
        for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH, SIGTSTP}) signals_.add(signal);
        if (screen_.keys() >= 0) {
            keys_.emplace(loop_, ::dup(screen_.keys()));
            read_keys();
        }
        wait_for_signals();
        tick();
        feed_.start();
        loop_.run();
        return code_;
    }

   private:
    Feed::EventSink listener() {
        return {.status =
                    [this](const boost::json::object& content) {
                        watched_.status = content;
                        watched_.status_at = now();
                        watched_.trouble.clear();
                        draw();
                    },
                .event =
                    [this](const boost::json::object& event) {
                        watched_.add(event);
                        draw();
                    },
                .trouble =
                    [this](const std::string& why) {
                        watched_.trouble = why;
                        draw();
                    }};
    }

    [[nodiscard]] static core::WallTime now() {
        return std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
    }

    void draw() {
        const auto lines = watch_lines(watched_, terminal_size(), now(), color_);
        std::string frame = "\x1b[H";  // Cursor Position: the first column of the first row.
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i > 0) frame += "\r\n";
            frame += "\x1b[K" +
                     lines[i];  // Erase in Line, from its start: at its end it would take a last column that is full.
        }
        // Nobody may be left to see it: then the terminal hangs up as well.
        if (!(console_.out << frame << std::flush)) end(failed);
    }

    /// Once a second, for the clock.
    void tick() {
        draw();
        second_.expires_after(std::chrono::seconds(1));
        second_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled) tick();
        });
    }

    void read_keys() {
        keys_->async_read_some(asio::buffer(typed_), [this](boost::system::error_code error, std::size_t size) {
            if (error) return;  // Without keys there is still Ctrl-C.
            for (std::size_t i = 0; i < size; ++i)
                if (typed_.at(i) == 'q' || typed_.at(i) == 'Q') return end(success);
            read_keys();
        });
    }

    void wait_for_signals() {
        signals_.async_wait([this](boost::system::error_code error, int signal) {
            if (error) return;
            take(signal);
            wait_for_signals();
        });
    }

    void take(int signal) {
        switch (signal) {
            case SIGWINCH: return draw();
            case SIGTSTP:
                screen_.leave();
                ::kill(::getpid(), SIGSTOP);
                screen_.enter();  // Goes on here when the shell says so.
                return draw();
            case SIGINT: return end(success);
            default: return end(signal_exit_code + signal);
        }
    }

    void end(int code) {
        code_ = code;
        loop_.stop();
    }

    const Console& console_;
    const bool color_;
    Watched watched_;
    int code_ = success;
    asio::io_context loop_{1};
    Feed feed_;
    asio::steady_timer second_{loop_};
    asio::signal_set signals_{loop_};
    std::optional<asio::posix::stream_descriptor> keys_;
    std::array<char, 64> typed_{};
    FullScreen screen_{console_.out};
};

}  // namespace

int watch(const Arguments& arguments, const std::filesystem::path& socket, const Console& console) {
    if (arguments.json) {
        console.err << "error: `doze watch` is for people. `doze events --json` prints what happens, `doze status "
                       "--json` what is.\n";
        return usage;
    }
    if (!console.out_is_terminal || console.environment("TERM").value_or("dumb") == "dumb") {
        console.err << "error: `doze watch` draws on a terminal, and this is none. `doze events` prints what happens, "
                       "line by line.\n";
        return failed;
    }
    return Watch(socket, console, wants_color(arguments, console)).run();
}

}  // namespace doze::cli
