#include "adapters/activity/x11/x11_input.hpp"

#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <optional>
#include <utility>

#include "adapters/activity/x11/bursts.hpp"
#include "adapters/activity/x11/display.hpp"
#include "adapters/activity/x11/x11_client.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

using core::SessionEvent;

class X11Saver::Watcher final : public x11::Client {
   public:
    Watcher(boost::asio::io_context& io, X11Environment environment)
        : Client(io, std::move(environment), {{.name = "x11-saver", .kind = core::ActivityKind::session}},
                 "Wayland session: its own locker tells of locks.") {}

   private:
    Result<void> connected(const x11::Connection& connection) override {
        xcb_connection_t* c = connection.xcb.get();
        status_ = x11::atom(c, "_SCREENSAVER_STATUS");
        lock_ = x11::atom(c, "LOCK");
        const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
        xcb_change_window_attributes(c, root(), XCB_CW_EVENT_MASK, &events);
        due_ = true;
        return {};
    }

    bool step() override {
        bool busy = false;
        while (const auto event = x11::next_event(xcb())) {
            busy = true;
            if (x11::type_of(*event) != XCB_PROPERTY_NOTIFY) continue;
            due_ |= reinterpret_cast<const xcb_property_notify_event_t&>(*event).atom == status_;
        }
        if (is_lost()) return false;  // After a loss every pending request would seem to be answered by an error.
        busy |= take();
        if (due_ && !asked_) {
            due_ = false;
            asked_ = xcb_get_property(xcb(), 0, root(), status_, XCB_GET_PROPERTY_TYPE_ANY, 0, 1);
            xcb_flush(xcb());
            busy = true;
        }
        return busy;
    }

    /// Reads the property's first word: 0, or the atom BLANK or LOCK.
    bool take() {
        if (!asked_) return false;
        bool arrived = false;
        const auto reply = x11::poll<xcb_get_property_reply_t>(xcb(), asked_->sequence, &arrived);
        if (!arrived) return false;
        asked_.reset();
        std::uint32_t word = 0;
        if (reply && reply->format == 32 && xcb_get_property_value_length(reply.get()) >= 4)
            word = *static_cast<const std::uint32_t*>(xcb_get_property_value(reply.get()));
        running();
        const bool covers = word != 0;
        const bool locks = covers && word == lock_;
        // The first answer is always reported: an earlier watcher may have seen another state.
        if (std::exchange(is_covered_, covers) != covers)
            tell(covers ? SessionEvent::covered : SessionEvent::uncovered);
        const auto was_locked = std::exchange(is_locked_, locks);
        if (was_locked != locks)
            tell(locks ? SessionEvent::locked : was_locked ? SessionEvent::unlocked : SessionEvent::lock_forgotten);
        return true;
    }

    /// The server went away; nobody unlocked anything.
    void disconnected() override {
        asked_.reset();
        due_ = false;
        if (std::exchange(is_covered_, std::nullopt).value_or(false)) tell(SessionEvent::uncovered);
        if (std::exchange(is_locked_, std::nullopt).value_or(false)) tell(SessionEvent::lock_forgotten);
    }

    xcb_atom_t status_ = 0;
    xcb_atom_t lock_ = 0;
    std::optional<xcb_get_property_cookie_t> asked_;
    bool due_ = false;
    std::optional<bool> is_covered_;
    std::optional<bool> is_locked_;
};

X11Saver::X11Saver(boost::asio::io_context& io, X11Environment environment)
    : SourceHandle(std::make_shared<Watcher>(io, std::move(environment))) {}

namespace {

using core::ActivityKind;
using core::Duration;
using x11::Bursts;
using x11::Display;

/// Between two checks of an undecided burst.
constexpr Duration undecided_pause = std::chrono::milliseconds(500);

std::vector<x11::Client::Source> by_kind(const X11InputOptions& options) {
    return {{.name = "x11-keyboard", .kind = ActivityKind::keyboard, .enabled = options.keyboard_enabled},
            {.name = "x11-pointer", .kind = ActivityKind::pointer, .enabled = options.pointer_enabled}};
}

}  // namespace

class X11Input::Watcher final : public x11::Client {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options)
        : Client(io, options.environment, by_kind(options),
                 "Wayland session: X11's counters only see X windows there, so doze does not count on them. "
                 "Log in to an X11 session, or let your programs send USER_ACTIVITY."),
          clock_(clock),
          options_(std::move(options)),
          look_(io) {}

   private:
    Result<void> connected(const x11::Connection& connection) override {
        auto opened = Display::open(connection);
        if (!opened) return opened.error();
        display_ = std::move(*opened);
        bursts_.emplace(settings());
        look_wanted_ = true;
        return watch();
    }

    Result<void> watch() {
        if (auto watched = display_->watch(settings()); !watched) return watched;
        merged_ = !display_->separates_kinds();
        if (!merged_) {
            use(by_kind(options_), "This display tells keyboard and mouse apart.");
        } else {
            use({{.name = "x11-input", .kind = ActivityKind::input}},
                "Keyboard and mouse cannot be told apart on this display; counted as input.");
        }
        return {};
    }

    [[nodiscard]] x11::BurstSettings settings() const {
        return {.keyboard = options_.keyboard_enabled,
                .pointer = options_.pointer_enabled,
                .idle_threshold = options_.idle_threshold,
                .movement_threshold = options_.movement_threshold};
    }

    bool step() override {
        const Display::News news = display_->read();
        if (news.devices_changed) {
            if (auto watched = watch(); !watched) {
                fail(watched.error());
                return false;
            }
        }
        button_ |= news.button;
        look_wanted_ |= news.transition || news.button || news.devices_changed;

        auto look = display_->answer();
        const bool asks = look_wanted_ && !display_->is_asked();
        if (asks) {
            look_wanted_ = false;
            display_->ask();
        }
        const bool busy = news.any || look || asks;
        if (look) judge(std::move(*look));
        return busy;
    }

    void judge(x11::Look look) {
        if (look.devices.empty()) return;
        look.at = clock_.now().boot;
        look.suspended = ports::suspended();
        look.button = std::exchange(button_, false);
        const x11::Verdict verdict = bursts_->judge(look);
        display_->watch_buttons(verdict.watch_buttons);
        look_.cancel();
        if (verdict.look_again) {
            look_.expires_after(undecided_pause);
            look_.async_wait(guarded([this] { look_again(); }));
        }
        running();
        tell_all(verdict.signals);
    }

    void look_again() {
        if (!is_connected()) return;
        look_wanted_ = true;
        pump();
    }

    void disconnected() override {
        look_.cancel();
        look_wanted_ = false;
        button_ = false;
        display_.reset();
        if (bursts_) tell_all(std::exchange(bursts_, std::nullopt)->end(clock_.now().boot));
    }

    void failed(const Error& why) override {
        if (options_.failed) options_.failed(why);
    }

    void tell_all(std::vector<core::ActivitySignal> signals) const {
        for (core::ActivitySignal& signal : signals) {
            if (merged_) signal.kind = ActivityKind::input;
            tell(signal);
        }
    }

    const ports::Clock& clock_;
    const X11InputOptions options_;
    boost::asio::steady_timer look_;
    std::unique_ptr<Display> display_;  ///< Exists while a server is connected.
    std::optional<Bursts> bursts_;      ///< Exists while a server is connected, and until its end was reported.
    bool look_wanted_ = false;
    bool button_ = false;  ///< A button went down since the last look.
    bool merged_ = false;  ///< The server has one idle time for keyboard and pointer.
};

X11Input::X11Input(boost::asio::io_context& io, const ports::Clock& clock, X11InputOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

bool X11Input::is_xwayland(const Error& why) {
    return why.message == x11::why_not_xwayland;
}

}  // namespace doze::activity
