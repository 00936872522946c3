#include "adapters/activity/x11/x11_window.hpp"

#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <utility>

#include "adapters/activity/x11/x11_client.hpp"

namespace doze::activity {

namespace {

/// A property of a window that names another window, read by one request at a time.
class WindowProperty {
   public:
    void ask(xcb_connection_t* connection, xcb_window_t window, xcb_atom_t property) {
        asked_ = xcb_get_property(connection, 0, window, property, XCB_ATOM_WINDOW, 0, 1);
        xcb_flush(connection);
    }
    [[nodiscard]] bool is_asked() const { return asked_.has_value(); }

    /// The answer, once it has arrived: XCB_NONE if the window or its property does not exist.
    [[nodiscard]] std::optional<xcb_window_t> answer(xcb_connection_t* connection) {
        if (!asked_) return std::nullopt;
        bool arrived = false;
        const auto reply = x11::poll<xcb_get_property_reply_t>(connection, asked_->sequence, &arrived);
        if (!arrived) return std::nullopt;
        asked_.reset();
        if (!reply || reply->format != 32 || xcb_get_property_value_length(reply.get()) < 4) return XCB_NONE;
        return *static_cast<const xcb_window_t*>(xcb_get_property_value(reply.get()));
    }

    void forget() { asked_.reset(); }

   private:
    std::optional<xcb_get_property_cookie_t> asked_;
};

}  // namespace

class X11Window::Watcher final : public x11::Client {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, X11WindowOptions options)
        : Client(io, options.environment,
                 {{.name = "x11-window", .kind = core::ActivityKind::window, .enabled = options.enabled}},
                 "Wayland session: X11 only knows of X windows there, so doze does not ask it which one is active."),
          clock_(clock),
          options_(std::move(options)),
          pause_(io) {}

   private:
    Result<void> connected(const x11::Connection& connection) override {
        xcb_connection_t* c = connection.xcb.get();
        check_ = x11::atom(c, "_NET_SUPPORTING_WM_CHECK");
        active_ = x11::atom(c, "_NET_ACTIVE_WINDOW");
        const std::uint32_t events = XCB_EVENT_MASK_PROPERTY_CHANGE;
        xcb_change_window_attributes(c, root(), XCB_CW_EVENT_MASK, &events);
        check_due_ = true;
        return {};
    }

    bool step() override {
        bool busy = false;
        while (const auto event = x11::next_event(xcb())) {
            take(*event);
            busy = true;
        }
        if (is_lost()) return false;  // After a loss every pending request would seem to be answered by an error.
        busy |= take_manager();
        busy |= take_active();
        busy |= ask();
        return busy;
    }

    void take(const xcb_generic_event_t& event) {
        const int type = x11::type_of(event);
        if (type == XCB_PROPERTY_NOTIFY) {
            const auto& changed = reinterpret_cast<const xcb_property_notify_event_t&>(event);
            check_due_ |= changed.atom == check_;
            active_due_ |= changed.atom == active_ && changed.window == root();
        } else if (type == XCB_DESTROY_NOTIFY) {
            check_due_ |= reinterpret_cast<const xcb_destroy_notify_event_t&>(event).window == manager_;
        }
    }

    bool ask() {
        bool busy = false;
        if (check_due_ && !claim_.is_asked() && !proof_.is_asked()) {
            check_due_ = false;
            claim_.ask(xcb(), root(), check_);
            busy = true;
        }
        if (active_due_ && manager_ != XCB_NONE && !is_pausing_ && !asked_active_.is_asked()) {
            active_due_ = false;
            asked_active_.ask(xcb(), root(), active_);
            pause();
            busy = true;
        }
        return busy;
    }

    /// A window manager that follows the hints owns a window that names itself, in the same property as on the root.
    /// What a dead one left on the root alone is no proof.
    bool take_manager() {
        if (const auto claimed = claim_.answer(xcb())) {
            claimed_ = *claimed;
            if (claimed_ == XCB_NONE) {
                without_manager();
            } else {
                const std::uint32_t events = XCB_EVENT_MASK_STRUCTURE_NOTIFY | XCB_EVENT_MASK_PROPERTY_CHANGE;
                xcb_change_window_attributes(xcb(), claimed_, XCB_CW_EVENT_MASK, &events);
                proof_.ask(xcb(), claimed_, check_);
            }
            return true;
        }
        if (const auto proven = proof_.answer(xcb())) {
            if (*proven != claimed_) {
                without_manager();
            } else if (manager_ != claimed_) {
                manager_ = claimed_;
                last_.reset();
                active_due_ = true;
            }
            return true;
        }
        return false;
    }

    void without_manager() {
        manager_ = XCB_NONE;
        unavailable(
            {.code = ErrorCode::not_found,
             .message = "No window manager on this display tells which window is active.",
             .next_step = "doze notices when one starts that keeps to the Extended Window Manager Hints (most do)."});
    }

    bool take_active() {
        const auto answer = asked_active_.answer(xcb());
        if (!answer) return false;
        if (manager_ == XCB_NONE) return true;
        running();
        const bool is_first = !last_;
        if (*answer == last_ || (*answer == XCB_NONE && !is_first)) return true;
        last_ = *answer;
        if (!is_first) tell({.kind = core::ActivityKind::window, .at = clock_.now().boot});
        return true;
    }

    void pause() {
        is_pausing_ = true;
        pause_.expires_after(options_.pause);
        pause_.async_wait(guarded([this] {
            is_pausing_ = false;
            if (active_due_ && is_connected()) pump();
        }));
    }

    void disconnected() override {
        pause_.cancel();
        is_pausing_ = check_due_ = active_due_ = false;
        claim_.forget();
        proof_.forget();
        asked_active_.forget();
        manager_ = XCB_NONE;
    }

    const ports::Clock& clock_;
    const X11WindowOptions options_;
    boost::asio::steady_timer pause_;
    xcb_atom_t check_ = 0;
    xcb_atom_t active_ = 0;
    WindowProperty claim_;
    WindowProperty proof_;
    WindowProperty asked_active_;
    xcb_window_t claimed_ = XCB_NONE;
    xcb_window_t manager_ = XCB_NONE;   ///< The window of the running window manager.
    std::optional<xcb_window_t> last_;  ///< The active window, once known; XCB_NONE if there was none so far.
    bool check_due_ = false;
    bool active_due_ = false;
    bool is_pausing_ = false;  ///< The last query was a moment ago.
};

X11Window::X11Window(boost::asio::io_context& io, const ports::Clock& clock, X11WindowOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
