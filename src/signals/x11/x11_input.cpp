#include "signals/x11/x11_input.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "signals/x11/bursts.hpp"
#include "signals/x11/display.hpp"

namespace doze::signals {

namespace {

using boost::system::error_code;
using core::Duration;
using core::SignalKind;
using core::SourceState;
using x11::Bursts;
using x11::Display;

constexpr Duration first_pause = std::chrono::seconds(1);
constexpr Duration longest_pause = std::chrono::seconds(30);

/// Between two looks at a burst that is undecided.
constexpr Duration look_pause = std::chrono::milliseconds(500);

Duration read_clock(clockid_t clock) {
    timespec time{};
    clock_gettime(clock, &time);
    return std::chrono::duration_cast<Duration>(std::chrono::seconds(time.tv_sec) +
                                                std::chrono::nanoseconds(time.tv_nsec));
}

/// How long the machine has been suspended since it booted: what the one clock counts and the other does not.
Duration suspended() {
    return read_clock(CLOCK_BOOTTIME) - read_clock(CLOCK_MONOTONIC);
}

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
}

/// Why there is no point in connecting, if so.
std::optional<std::string> hopeless(const X11Environment& environment) {
    if (!environment.wayland_display.empty() || environment.session_type == "wayland") {
        return "Wayland session: X11's counters only see X windows there, so doze does not count on them. "
               "Log in to an X11 session, or let your programs send USER_ACTIVITY.";
    }
    if (environment.display.empty()) {
        return "No X display: DISPLAY is not set. Start doze from within the graphical session, or set DISPLAY "
               "(usually \":0\").";
    }
    return std::nullopt;
}

}  // namespace

X11Environment X11Environment::of_process() {
    return {.display = variable("DISPLAY"),
            .wayland_display = variable("WAYLAND_DISPLAY"),
            .session_type = variable("XDG_SESSION_TYPE")};
}

/// All of the source. Handlers hold it weakly, so that the source may go while they are under way.
class X11Input::Watcher : public std::enable_shared_from_this<Watcher> {
    // First, because its type is deduced.
    /// A handler that does nothing once the source is gone.
    template <class Then>
    auto guarded(Then then) {
        return [weak = weak_from_this(), then](const error_code& error = {}) {
            const auto self = weak.lock();
            if (self && !self->stopped_ && !error) then(*self);
        };
    }

   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options)
        : io_(io), clock_(clock), options_(std::move(options)), descriptor_(io), retry_(io), look_(io) {}

    ~Watcher() { disconnect(); }

    void start(ports::SignalSink sink) {
        sink_ = std::move(sink);
        boost::asio::post(io_, guarded([](Watcher& self) { self.begin(); }));
    }

    /// Nothing is said or done from here on.
    void stop() {
        stopped_ = true;
        retry_.cancel();
        look_.cancel();
        descriptor_.cancel(ignored_);
    }

   private:
    void begin() {
        if (!options_.keyboard_enabled) tell_status(SignalKind::keyboard, SourceState::disabled, "");
        if (!options_.pointer_enabled) tell_status(SignalKind::pointer, SourceState::disabled, "");
        if (!options_.keyboard_enabled && !options_.pointer_enabled) return;
        if (auto why = hopeless(options_.environment)) return tell_all(SourceState::unavailable, *why);
        connect();
    }

    void connect() {
        auto opened = Display::open(options_.environment.display);
        if (!opened) return fail(opened.error());
        display_ = std::move(*opened);
        bursts_.emplace(settings());
        if (auto watched = display_->watch(settings()); !watched) return fail(watched.error());
        error_code error;
        descriptor_.assign(display_->fd(), error);
        if (error) {
            return fail({.code = ErrorCode::internal,
                         .message = fmt::format("The X connection cannot be watched: {}.", error.message())});
        }
        look_wanted_ = true;
        pump();
    }

    [[nodiscard]] x11::BurstSettings settings() const {
        return {.keyboard = options_.keyboard_enabled,
                .pointer = options_.pointer_enabled,
                .idle_threshold = options_.idle_threshold,
                .movement_threshold = options_.movement_threshold};
    }

    /// Handles all that is there, then waits for more. What xcb has already read from the socket does not
    /// make it readable again, so nothing may be left when the wait begins.
    void pump() {
        for (bool busy = true; busy;) {
            const Display::News news = display_->read();
            if (display_->is_lost()) return lose();
            if (news.devices_changed) {
                if (auto watched = display_->watch(settings()); !watched) return fail(watched.error());
            }
            button_ |= news.button;
            look_wanted_ |= news.transition || news.button || news.devices_changed;

            auto look = display_->answer();
            busy = news.any || look;
            if (look) judge(std::move(*look));
            if (stopped_) return;
            if (look_wanted_ && !display_->is_asked()) {
                look_wanted_ = false;
                display_->ask();
                busy = true;
            }
        }
        wait();
    }

    void wait() {
        if (std::exchange(waiting_, true)) return;
        descriptor_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                               [weak = weak_from_this()](const error_code& error) {
                                   const auto self = weak.lock();
                                   if (!self) return;
                                   self->waiting_ = false;
                                   if (!error && !self->stopped_ && self->display_) self->pump();
                               });
    }

    void judge(x11::Look look) {
        if (look.devices.empty()) return;
        look.at = clock_.now().boot;
        look.suspended = suspended();
        look.button = std::exchange(button_, false);
        const x11::Verdict verdict = bursts_->judge(look);
        display_->watch_buttons(verdict.watch_buttons);
        look_.cancel();
        if (verdict.look_again) {
            look_.expires_after(look_pause);
            look_.async_wait(guarded([](Watcher& self) { self.look_again(); }));
        }
        pause_ = first_pause;
        went_away_ = false;
        tell_running();
        for (const core::Signal& signal : verdict.signals) tell(signal);
    }

    void look_again() {
        if (!display_) return;
        look_wanted_ = true;
        pump();
    }

    void lose() {
        went_away_ = false;
        fail({.code = ErrorCode::internal,
              .message = fmt::format("The X server at {} went away.", options_.environment.display),
              .next_step = "doze tries again by itself."});
        went_away_ = true;
    }

    /// Lets go of the display, says why, and tries again later.
    void fail(const Error& why) {
        // That it went away says more than that it is not there.
        went_away_ = went_away_ && why.code == ErrorCode::not_found;
        disconnect();
        if (bursts_) {
            for (const core::Signal& signal : std::exchange(bursts_, std::nullopt)->end(clock_.now().boot)) {
                tell(signal);
            }
        }
        if (!went_away_) tell_all(SourceState::unavailable, why.text());
        if (stopped_) return;
        retry_.expires_after(pause_);
        retry_.async_wait(guarded([](Watcher& self) { self.connect(); }));
        pause_ = std::min(2 * pause_, longest_pause);
    }

    void disconnect() {
        look_.cancel();
        look_wanted_ = false;
        button_ = false;
        // xcb owns the socket and closes it.
        if (descriptor_.is_open()) descriptor_.release();
        display_.reset();
    }

    void tell_running() {
        if (display_->separates_kinds()) return tell_all(SourceState::running, "");
        const char* const merged = "Keyboard and mouse cannot be told apart on this display; counted as input.";
        const SignalKind counted = options_.keyboard_enabled ? SignalKind::keyboard : SignalKind::pointer;
        for (const SignalKind kind : {SignalKind::keyboard, SignalKind::pointer}) {
            if (!enabled(kind)) continue;
            tell_status(kind, kind == counted ? SourceState::running : SourceState::unavailable, merged);
        }
    }

    void tell_all(SourceState state, const std::string& detail) {
        for (const SignalKind kind : {SignalKind::keyboard, SignalKind::pointer}) {
            if (enabled(kind)) tell_status(kind, state, detail);
        }
    }

    void tell_status(SignalKind kind, SourceState state, const std::string& detail) {
        core::SourceStatus status{.name = kind == SignalKind::keyboard ? "x11-keyboard" : "x11-pointer",
                                  .kind = kind,
                                  .state = state,
                                  .detail = detail};
        auto& told = told_[kind == SignalKind::keyboard ? 0 : 1];
        if (stopped_ || told == status) return;
        told = status;
        if (sink_.status) sink_.status(status);
    }

    void tell(const core::Signal& signal) {
        if (!stopped_ && sink_.signal) sink_.signal(signal);
    }

    [[nodiscard]] bool enabled(SignalKind kind) const {
        return kind == SignalKind::keyboard ? options_.keyboard_enabled : options_.pointer_enabled;
    }

    boost::asio::io_context& io_;
    const ports::Clock& clock_;
    const X11InputOptions options_;
    ports::SignalSink sink_;
    std::array<std::optional<core::SourceStatus>, 2> told_;
    boost::asio::posix::stream_descriptor descriptor_;
    boost::asio::steady_timer retry_;
    boost::asio::steady_timer look_;
    std::unique_ptr<Display> display_;
    std::optional<Bursts> bursts_;  ///< There while a display is, and until its end has been told.
    Duration pause_ = first_pause;
    bool look_wanted_ = false;
    bool button_ = false;     ///< A button went down since the last look.
    bool went_away_ = false;  ///< The last thing told is that the display was there and is lost.
    bool waiting_ = false;
    bool stopped_ = false;
    error_code ignored_;
};

X11Input::X11Input(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options)
    : watcher_(std::make_shared<Watcher>(io, clock, std::move(options))) {}

X11Input::~X11Input() {
    watcher_->stop();
}

void X11Input::start(ports::SignalSink sink) {
    watcher_->start(std::move(sink));
}

}  // namespace doze::signals
