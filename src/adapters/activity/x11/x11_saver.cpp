#include "adapters/activity/x11/x11_saver.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "adapters/activity/x11/x11_client.hpp"

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
        if (is_lost()) return false;  // All that was asked would seem to be answered by an error.
        busy |= take();
        if (due_ && !asked_) {
            due_ = false;
            asked_ = xcb_get_property(xcb(), 0, root(), status_, XCB_GET_PROPERTY_TYPE_ANY, 0, 1);
            xcb_flush(xcb());
            busy = true;
        }
        return busy;
    }

    /// Its first word: 0, or the atom BLANK or LOCK.
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
        // The first time whatever it is: one that watched before may have seen something else.
        if (std::exchange(is_covered_, covers) != covers)
            tell(covers ? SessionEvent::covered : SessionEvent::uncovered);
        const auto was_locked = std::exchange(is_locked_, locks);
        if (was_locked != locks)
            tell(locks ? SessionEvent::locked : was_locked ? SessionEvent::unlocked : SessionEvent::lock_forgotten);
        return true;
    }

    /// Nobody unlocked anything: the server went.
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

}  // namespace doze::activity
