#include "cli/watch.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <csignal>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <unistd.h>

#include "base/json.hpp"
#include "cli/client.hpp"
#include "cli/commands.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"
#include "cli/views.hpp"

namespace doze::cli {

namespace json = boost::json;

namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t most_events = 200;

/// How late a status may be before the view says so; it is requested once a second.
constexpr std::chrono::seconds patience(4);

Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

std::string heading(const Watched& watched, std::size_t columns, core::WallTime now, bool color) {
    std::string left = "doze";
    if (watched.status) {
        left += " " + clean(shown_at(*watched.status, "version"));
        if (const auto up = number_at(*watched.status, "uptime_seconds")) {
            left += fmt::format(", up for {}", core::to_string(std::chrono::seconds(*up)));
        }
        if (flag_at(*watched.status, "dry_run")) left += ", dry run";
    }
    const auto clock = local_clock(now);
    const auto used = display_width(left) + clock.size();
    const std::string gap(used < columns ? columns - used : 1, ' ');
    return colored(left + gap + clock, Color::faint, color);
}

std::string troubled(const Watched& watched, core::WallTime now) {
    if (!watched.trouble.empty()) return watched.trouble;
    const auto late = std::chrono::floor<std::chrono::seconds>(now - watched.status_at);
    if (!watched.status || late <= patience) return {};
    return fmt::format("doze has not answered for {}.", core::to_string(late));
}

/// At most `rows` lines; says how many are left out.
Lines shortened(Lines lines, std::size_t rows) {
    if (lines.size() <= rows || rows == 0) {
        lines.resize(std::min(lines.size(), rows));
        return lines;
    }
    const auto left_out = lines.size() - rows + 1;
    lines.resize(rows - 1);
    lines.push_back(fmt::format("... and {} more", left_out));
    return lines;
}

/// The resources' problems, which the table may have no room for.
Lines troubles_of(const json::object& status, bool color) {
    Lines lines;
    for (const auto& value : array_at(status, "resources")) {
        const auto& resource = as_object(value);
        const auto trouble = shown_at(resource, "trouble");
        if (const auto would = shown_at(resource, "would"); trouble.empty() && !would.empty())
            lines.push_back(colored(clean(shown_at(resource, "id") + " would " + would), Color::busy, color));
        if (trouble.empty()) continue;
        lines.push_back(colored(clean(shown_at(resource, "id") + ": " + trouble), Color::bad, color));
    }
    return lines;
}

void append(Lines& lines, const Lines& more) {
    lines.insert(lines.end(), more.begin(), more.end());
}

bool is_same_sign(const json::object& one, const json::object& other) {
    return shown_at(one, "type") == "USER_ACTIVITY" && shown_at(other, "type") == "USER_ACTIVITY" &&
           shown_at(object_at(one, "content"), "activity") == shown_at(object_at(other, "content"), "activity");
}

}  // namespace

void Watched::add(const json::object& event) {
    if (shown_at(event, "type") == "TIMER_TICK") return;  // The status contains the same.
    if (!events.empty() && is_same_sign(events.back(), event)) {
        const auto before = number_at(object_at(events.back(), "content"), "count").value_or(1);
        const auto count = number_at(object_at(event, "content"), "count").value_or(1);
        events.back() = event;
        events.back()["content"].as_object()["count"] = before + count;
        return;
    }
    events.push_back(event);
    if (events.size() > most_events) events.pop_front();
}

std::vector<std::string> watch_lines(const Watched& watched, TerminalSize size, core::WallTime now, bool color) {
    const auto columns = static_cast<std::size_t>(std::max(size.columns, 1));
    const auto rows = static_cast<std::size_t>(std::max(size.rows, 1));
    Lines top{heading(watched, columns, now, color)};
    if (const auto trouble = troubled(watched, now); !trouble.empty()) {
        top.push_back(colored(clean(trouble), Color::bad, color));
    }
    Lines resources;
    if (watched.status) {
        append(top, lines_of(presence_text(*watched.status, now, color, Countdown::by_the_second)));
        append(top, shortened(lines_of(journal_text(*watched.status, color)), 4));
        append(top, shortened(lines_of(holds_text(*watched.status, now, color)), 4));
        append(top, lines_of(counts_text(*watched.status)));
        append(top, shortened(troubles_of(*watched.status, color), 4));
        resources = lines_of(resources_text(*watched.status, now, color, Columns::few));
    }
    Lines events;
    for (auto event = watched.events.rbegin(); event != watched.events.rend(); ++event) {
        auto text = event_text(*event);
        if (text.ends_with('\n')) text.pop_back();
        events.push_back(std::move(text));  // Newest first.
    }
    if (events.empty()) events.emplace_back("No events yet.");

    // The rows between top and foot belong to the resources, except for a few events; those get all rows left over.
    constexpr std::size_t frame = 4;  // Two empty lines, the heading of the events, the foot.
    const auto between = rows > top.size() + frame ? rows - top.size() - frame : 0;
    const auto some_events = std::min<std::size_t>({events.size(), 6, between / 2});
    resources = shortened(std::move(resources), between - some_events);
    events.resize(std::min(events.size(), between - resources.size()));

    Lines lines = std::move(top);
    if (!resources.empty()) lines.emplace_back();
    append(lines, resources);
    lines.emplace_back();
    lines.push_back(colored("LAST EVENTS", Color::faint, color));
    append(lines, events);
    lines.resize(rows - 1);
    lines.push_back(colored("q leaves", Color::faint, color));
    for (auto& line : lines) line = fit(line, columns);
    return lines;
}

namespace {

namespace asio = boost::asio;

constexpr int signal_exit_code = 128;  // The shells' convention: this plus the signal.

/// One run of the view, on its own loop.
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
        std::string frame = "\x1b[H";  // ANSI "cursor position": the first column of the first row.
        for (std::size_t i = 0; i < lines.size(); ++i) {
            if (i > 0) frame += "\r\n";
            frame +=
                "\x1b[K" +
                lines[i];  // ANSI "erase in line" before the text: after a full line it would erase the last column.
        }
        // If nobody can see it, the terminal is gone.
        if (!(console_.out << frame << std::flush)) end(failed);
    }

    /// Redraws the clock, once a second.
    void tick() {
        draw();
        second_.expires_after(std::chrono::seconds(1));
        second_.async_wait([this](boost::system::error_code cancelled) {
            if (!cancelled) tick();
        });
    }

    void read_keys() {
        keys_->async_read_some(asio::buffer(typed_), [this](boost::system::error_code error, std::size_t size) {
            if (error) return;  // Without keys, Ctrl-C still works.
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
                screen_.enter();  // Continues here after SIGCONT from the shell.
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
