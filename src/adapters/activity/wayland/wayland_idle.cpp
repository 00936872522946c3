#include "adapters/activity/wayland/wayland_idle.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "adapters/activity/wayland/idleness.hpp"
#include "adapters/activity/wayland/wayland_connection.hpp"
#include "base/retry.hpp"
#include "ports/clock.hpp"

namespace doze::activity {

namespace {

using boost::system::error_code;
using core::Duration;
using core::SourceState;
using wayland::Connection;
using wayland::Idleness;
using wayland::IdleNotification;
using wayland::IdleNotifier;
using wayland::Moment;
using wayland::Scope;

/// Time limit for a compositor's first answers.
constexpr Duration patience = std::chrono::seconds(10);

/// The probe's timeout: any pause between two keyboard or mouse events is longer. (With 0, some compositors never
/// report idle.)
constexpr Duration probe_timeout{1};

/// Time limit for the probe's answer. Old versions of KWin take no timeout below 500 ms, so it must outlast a pause
/// while typing.
constexpr Duration probe_patience = std::chrono::seconds(10);
/// The same while input waits to be confirmed. Inhibitors that last no longer than this are taken for input.
constexpr Duration short_probe_patience = std::chrono::milliseconds(500);

std::string why_none(const Connection& connection) {
    std::string why =
        "This compositor has no idle interface (ext_idle_notifier_v1, org_kde_kwin_idle), so it does not "
        "tell doze of keyboard and mouse.";
    if (connection.find("gtk_shell1") != nullptr) return why + " It is GNOME's, which tells over D-Bus instead.";
    return why + " Use KWin, sway or another one that has it, or let your programs send USER_ACTIVITY.";
}

}  // namespace

/// The implementation. Handlers hold it weakly, so the source may be destroyed while they are pending.
class WaylandIdle::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, WaylandIdleOptions options)
        : SingleSource(io, {.name = "wayland-idle", .kind = core::ActivityKind::input}),
          clock_(clock),
          options_(std::move(options)),
          retry_(io),
          answer_(io),
          probing_(io) {}

   private:
    void let_go() override {
        retry_.cancel();
        answer_.cancel();
        probing_.cancel();
        if (connection_) connection_->close();
    }

    struct Seat {
        wayland::Proxy<wl_seat> proxy;
        std::unique_ptr<IdleNotification> notification;
    };

    void begin() override {
        if (!options_.enabled) return tell_disabled();
        const WaylandEnvironment& environment = options_.environment;
        if (environment.runtime_dir.empty() && !environment.display.starts_with('/')) {
            return tell_unavailable(
                "No Wayland session: XDG_RUNTIME_DIR is not set. Start doze from within the graphical "
                "session.");
        }
        connect();
    }

    void connect() {
        auto endpoint =
            wayland::connect_to_first(wayland::compositor_sockets(options_.environment), "Wayland compositor");
        if (!endpoint) return fail(endpoint.error());
        const std::string path = endpoint->path.string();
        auto opened =
            Connection::open(io_, std::move(*endpoint), weak_from_this(),
                             {.globals = [this] { settle(); }, .lost = [this](const Error& why) { fail(why); }});
        if (!opened) return fail(opened.error());
        connection_ = std::move(*opened);
        after(answer_, patience, [this, path] {
            fail({.code = ErrorCode::internal,
                  .message = fmt::format("The Wayland compositor at {} does not answer.", path),
                  .next_step = "doze looks again by itself."});
        });
    }

    /// Sets up everything that the compositor's globals allow at the moment.
    void settle() {
        answer_.cancel();
        if (!notifier_) {
            notifier_ = IdleNotifier::bind(*connection_);
            if (!notifier_) return tell_unavailable(why_none(*connection_));
            idleness_.emplace(
                wayland::IdlenessSettings{.idle_threshold = options_.idle_threshold,
                                          .hidden_by_inhibitors = !notifier_->sees_through_inhibitors(),
                                          .inhibitors_look_like_input = notifier_->inhibitors_look_like_input()});
        }
        drop_lost_seats();
        for (const wayland::Global& global : connection_->globals()) {
            if (global.interface == wl_seat_interface.name && !seats_.contains(global.name)) add_seat(global.name);
        }
        if (is_stopped()) return;
        if (seats_.empty()) {
            stop_probing();
            return tell_unavailable("This compositor has no seat, that is no keyboard or mouse.");
        }
        connection_->after_all([this] { proven(); });
    }

    /// The compositor accepted the requests.
    void proven() {
        retry_.succeeded();
        went_away_ = false;
        proven_ = true;
        tell_how_it_runs();
        if (!is_stopped()) probe();
    }

    void add_seat(std::uint32_t name) {
        Seat& seat = seats_[name];
        // Only the seat's existence matters; version 1 is enough for that.
        seat.proxy.reset(static_cast<wl_seat*>(wl_registry_bind(connection_->registry(), name, &wl_seat_interface, 1)));
        watch(name, seat);
    }

    void watch(std::uint32_t name, Seat& seat) {
        idleness_->watch(name, now());
        seat.notification = notifier_->notify(seat.proxy.get(), options_.idle_threshold, Scope::input,
                                              {.idled = [this, name] { tell_if(idleness_->idled(name, now())); },
                                               .resumed =
                                                   [this, name] {
                                                       tell_if(idleness_->resumed(name, now()));
                                                       if (!is_stopped() && idleness_->awaits_probe()) probe();
                                                   }});
    }

    void drop_lost_seats() {
        for (auto seat = seats_.begin(); seat != seats_.end();) {
            const std::uint32_t name = seat->first;
            const bool there =
                std::ranges::find(connection_->globals(), name, &wayland::Global::name) != connection_->globals().end();
            seat = there ? std::next(seat) : seats_.erase(seat);
            if (there) continue;
            if (probed_ == name) stop_probing();
            tell_if(idleness_->unwatch(name, now()));
        }
    }

    /// Checks whether something inhibits idleness. Inhibitors apply to the whole compositor, so any seat will do.
    void probe() {
        if (seats_.empty()) return;
        const bool urgent = idleness_->awaits_probe();
        if (!probe_) {
            const auto& [name, seat] = *seats_.begin();
            probed_ = name;
            probe_ = notifier_->notify(seat.proxy.get(), probe_timeout, Scope::inhibitors,
                                       {.idled = [this] { answered(); }, .resumed = {}});
            connection_->flush();
        } else if (!urgent) {
            return;
        }
        after(probing_, urgent ? short_probe_patience : probe_patience, [this] { silent(); });
    }

    void answered() {
        stop_probing();
        const bool was_hidden = idleness_->is_hidden();
        tell_if(idleness_->probe_answered(now()));
        if (is_stopped()) return;
        if (was_hidden) {
            for (auto& [name, seat] : seats_) watch(name, seat);
        }
        tell_whether_inhibited();
        after(probing_, options_.inhibitor_pause, [this] { probe(); });
    }

    /// No answer in time. The probe stays, and answers when the inhibitor is gone.
    void silent() {
        if (!probe_) return;
        tell_if(idleness_->probe_is_silent(now()));
        tell_whether_inhibited();
    }

    void stop_probing() {
        probe_.reset();
        probed_.reset();
        probing_.cancel();
    }

    /// Disconnects, reports why, and looks again later.
    void fail(const Error& why) {
        // "Went away" is the better explanation than "not found".
        went_away_ = (went_away_ && why.code == ErrorCode::not_found) || std::exchange(proven_, false);
        answer_.cancel();
        stop_probing();
        seats_.clear();
        notifier_.reset();
        if (connection_) std::exchange(connection_, nullptr)->close();
        if (auto idleness = std::exchange(idleness_, std::nullopt)) tell_if(idleness->end(now()));
        tell_whether_inhibited();
        if (why.code != ErrorCode::not_found) {
            tell_unavailable(why);
        } else if (!went_away_) {
            tell_unavailable(wayland::no_session(options_.environment));
        }
        if (is_stopped()) return;
        retry_.later(guarded([this] { connect(); }));
    }

    /// Calls `then` unless the timer was set again or the source is gone meanwhile.
    template <class Then>
    void after(boost::asio::steady_timer& timer, Duration pause, Then then) {
        timer.expires_after(pause);
        timer.async_wait(guarded([&timer, then] {
            // The handler of a timer that expired just before it was set again runs all the same.
            if (timer.expiry() <= std::chrono::steady_clock::now()) then();
        }));
    }

    void tell_how_it_runs() {
        if (idleness_->is_hidden()) {
            return tell_partial(
                "Something keeps the desktop from becoming idle (a film, a presentation), and until it "
                "ends this compositor tells nothing of keyboard and mouse.");
        }
        tell_running();
    }

    void tell_whether_inhibited() {
        const bool inhibited = idleness_ && idleness_->is_inhibited();
        if (idleness_ && proven_) tell_how_it_runs();
        if (is_stopped() || std::exchange(told_inhibited_, inhibited) == inhibited) return;
        tell_inhibited(inhibited);
    }

    void tell_if(const Idleness::Said& signal) {
        if (signal) tell(*signal);
    }

    [[nodiscard]] Moment now() const { return {.at = clock_.now().boot, .suspended = ports::suspended()}; }

    const ports::Clock& clock_;
    const WaylandIdleOptions options_;
    bool told_inhibited_ = false;
    Retry retry_;
    boost::asio::steady_timer answer_;
    boost::asio::steady_timer probing_;
    // Objects made on the connection must be destroyed before it, hence this order.
    std::shared_ptr<Connection> connection_;
    std::unique_ptr<IdleNotifier> notifier_;
    std::map<std::uint32_t, Seat> seats_;
    std::unique_ptr<IdleNotification> probe_;
    std::optional<std::uint32_t> probed_;  ///< The seat that the probe watches.
    std::optional<Idleness> idleness_;     ///< Exists while the notifier does, and until its end was reported.
    bool proven_ = false;
    bool went_away_ = false;  ///< The last report said that the compositor was there and is lost.
};

WaylandIdle::WaylandIdle(boost::asio::io_context& io, const ports::Clock& clock, WaylandIdleOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
