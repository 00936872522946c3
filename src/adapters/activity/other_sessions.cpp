#include "adapters/activity/other_sessions.hpp"

#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/activity/dbus/person_session.hpp"
#include "adapters/activity/wayland/wayland_idle.hpp"
#include "adapters/activity/x11/x11_environment.hpp"
#include "adapters/activity/x11/x11_input.hpp"
#include "base/inotify.hpp"

namespace doze::activity {

namespace {

constexpr const char* source_name = "other-sessions";

/// A starting server creates its socket before it can answer.
constexpr std::chrono::milliseconds server_settling(300);

/// Until the next attempt while a session can't be watched.
constexpr core::Duration unsettled_pause = std::chrono::seconds(5);

}  // namespace

class OtherSessions::Watcher final : public SingleSource {
   public:
    Watcher(boost::asio::io_context& io, const ports::Clock& clock, OtherSessionsOptions options)
        : SingleSource(io, {.name = source_name, .kind = core::ActivityKind::input, .partial = true}),
          clock_(clock),
          options_(std::move(options)),
          bus_(io, "system bus", options_.bus.system_address),
          sessions_(bus_, options_.bus),
          folder_(io.get_executor()),
          next_look_(io) {}

   private:
    /// A session that is watched or will be.
    struct Seat {
        std::string name;  ///< ":1", or the path of a compositor's socket.
        bool is_x11 = true;
        std::unique_ptr<ports::ActivitySource> source;
        core::SourceState state = core::SourceState::starting;
        std::string why;           ///< Why it can't be watched.
        std::string refusal;       ///< What its server says when it refuses, as long as it refuses.
        bool is_no_place = false;  ///< It is the X server of a Wayland session: nothing to watch here.
        bool is_ongoing = false;
        int silences = 0;  ///< Checks in a row that it did not answer.
    };

    void begin() override {
        bus_.start(weak_from_this(),
                   {.connected = [this] { listen_to_logind(); }, .lost = [this](const Error&) { take_sessions({}); }});
        look();
    }

    void let_go() override {
        next_look_.cancel();
        folder_.close();
        seats_.clear();
    }

    void listen_to_logind() {
        bus_.watch_service(logind, [this](bool is_there) {
            if (!is_there) return take_sessions({});
            bus_.succeeded();
            sessions_.follow([this](const auto& sessions) { take_sessions(sessions); });
        });
    }

    void take_sessions(std::vector<GraphicalSession> sessions) {
        logins_ = std::move(sessions);
        look_after(std::chrono::milliseconds(0));
    }

    void look_after(core::Duration pause) {
        next_look_.expires_after(pause);
        next_look_.async_wait(guarded([this] { look(); }));
    }

    /// Watches the folder for servers that come and go. Without the watch, the next periodic search finds them.
    void listen_to_folder() {
        if (folder_.is_open()) return;
        if (!folder_.open()) return;
        if (folder_.watch(options_.x11_sockets, IN_CREATE | IN_DELETE | IN_DELETE_SELF) < 0) return folder_.close();
        wait();
    }

    void wait() {
        folder_.wait(guarded([this] {
            bool is_gone = false;
            folder_.read([&](const Inotify::Event& event) {
                is_gone = is_gone || (event.mask & (IN_DELETE_SELF | IN_IGNORED)) != 0;
            });
            look_after(server_settling);
            if (is_gone) return folder_.close();
            wait();
        }));
    }

    void look() {
        listen_to_folder();
        auto servers = x11::servers_of(options_.person, options_.x11_sockets);
        add_displays_of_logins(servers);
        const auto own = x11::local_number(options_.x11.display);
        std::erase_if(servers, [&](const auto& server) { return server.number == own; });
        auto compositors = wayland::answering_sockets(options_.wayland);
        // In a Wayland session, the first compositor is watched by its own source.
        const auto& own_x11 = options_.x11;
        const bool is_wayland =
            !own_x11.wayland_display.empty() || own_x11.session_type == "wayland" || own_x11.display.empty();
        own_compositor_ = is_wayland && !compositors.empty();
        if (own_compositor_) compositors.erase(compositors.begin());

        std::vector<std::string> wanted;
        wanted.reserve(servers.size() + compositors.size());
        for (const auto& server : servers) wanted.push_back(fmt::format(":{}", server.number));
        for (const auto& compositor : compositors) wanted.push_back(compositor.string());
        for (auto each = seats_.begin(); each != seats_.end();) {
            if (std::ranges::find(wanted, each->first) != wanted.end()) {
                ++each;
                continue;
            }
            end(each->second);
            each = seats_.erase(each);
        }
        for (const auto& server : servers) watch(server);
        for (const auto& compositor : compositors) watch(compositor);
        const bool is_settled = std::ranges::all_of(seats_, [](const auto& each) {
            return each.second.is_no_place || each.second.state == core::SourceState::running;
        });
        look_after(is_settled ? options_.pause : std::min(options_.pause, unsettled_pause));
        tell_how();
    }

    /// Some display managers run the server as root; then only logind knows whose session it is.
    void add_displays_of_logins(std::vector<x11::Server>& servers) const {
        for (const auto& login : logins_) {
            const auto number = x11::local_number(login.display);
            if (number && std::ranges::find(servers, *number, &x11::Server::number) == servers.end())
                servers.push_back({.number = *number});
        }
    }

    void watch(const x11::Server& server) {
        const auto name = fmt::format(":{}", server.number);
        auto& seat = seats_[name];
        if (!server.answers) {
            end(seat);
            // A server that is just starting does not answer at once.
            const int silences = seat.silences + 1;
            seat = {.name = name, .silences = silences};
            if (silences > 1) {
                seat.state = core::SourceState::unavailable;
                seat.why = "It does not answer.";
            }
            return;
        }
        seat.silences = 0;
        if (seat.is_no_place) seat.source.reset();
        if (seat.source || seat.is_no_place) return;
        seat = {.name = name};
        seat.source = std::make_unique<X11Input>(
            io_, clock_,
            X11InputOptions{
                .environment = {.display = name, .cookies = x11::cookies_for(server.process, server.number)},
                .keyboard_enabled = options_.keyboard_enabled,
                .pointer_enabled = options_.pointer_enabled,
                .movement_threshold = options_.movement_threshold,
                .failed = [this, name](const Error& why) { failed(name, why); }});
        listen_to(seat);
    }

    void watch(const std::filesystem::path& compositor) {
        auto& seat = seats_[compositor.string()];
        if (seat.source) return;
        seat = {.name = compositor.string(), .is_x11 = false};
        auto environment = options_.wayland;
        environment.runtime_dir.clear();
        environment.display = compositor.string();
        seat.source = std::make_unique<WaylandIdle>(
            io_, clock_,
            WaylandIdleOptions{.environment = std::move(environment),
                               .enabled = options_.keyboard_enabled || options_.pointer_enabled});
        listen_to(seat);
    }

    void listen_to(Seat& seat) {
        seat.source->start(
            {.signal = [this, name = seat.name](const core::ActivitySignal& signal) { heard(name, signal); },
             .status = [this, name = seat.name](const core::SourceStatus& status) { take(name, status); },
             .session = {},
             .inhibited = {}});
    }

    void take(const std::string& name, const core::SourceStatus& status) {
        const auto found = seats_.find(name);
        if (found == seats_.end() || status.state == core::SourceState::disabled) return;
        auto& seat = found->second;
        // If either keyboard or pointer runs, the session can be watched.
        seat.state = status.state;
        const bool runs = status.state == core::SourceState::running;
        if (runs) seat.refusal.clear();
        // The server's refusal replaces the advice that is meant for this session's own display.
        seat.why = runs ? "" : seat.refusal.empty() ? status.detail : seat.refusal;
        look_after(server_settling);
    }

    void failed(const std::string& name, const Error& why) {
        const auto found = seats_.find(name);
        if (found == seats_.end()) return;
        found->second.is_no_place = X11Input::is_xwayland(why);
        found->second.refusal = why.message;
    }

    void heard(const std::string& name, const core::ActivitySignal& signal) {
        const auto found = seats_.find(name);
        if (found == seats_.end()) return;
        // Keyboard and pointer of a session are reported as one signal, which lasts while either does.
        auto& seat = found->second;
        if (signal.ongoing) {
            ongoing_[name].insert(signal.kind);
        } else {
            ongoing_[name].erase(signal.kind);
        }
        seat.is_ongoing = !ongoing_[name].empty();
        say(name, signal.at, seat.is_ongoing);
    }

    void end(Seat& seat) {
        if (std::exchange(seat.is_ongoing, false)) say(seat.name, clock_.now().boot, false);
        ongoing_.erase(seat.name);
    }

    void say(const std::string& name, core::TimePoint at, bool ongoing) {
        tell({.kind = core::ActivityKind::input,
              .at = at,
              .ongoing = ongoing,
              .source = fmt::format("{} {}", source_name, name)});
    }

    /// A display found counts as a watched session, whichever it is; sessions that logind counts beyond these are out
    /// of sight.
    void tell_how() {
        std::size_t watched = 0;
        std::string names;
        for (auto& [name, seat] : seats_) {
            if (seat.is_no_place || seat.state == core::SourceState::starting) continue;
            if (seat.state == core::SourceState::running) {
                ++watched;
                names += (names.empty() ? "" : ", ") + name;
            } else if (seat.is_x11) {
                return tell_hiding(fmt::format(
                    "You have another X server, {}, which doze can't watch: {} End it, or let doze in (XAUTHORITY), or "
                    "switch other_sessions off.",
                    name, seat.why));
            }
        }
        const bool has_own = own_compositor_ || !options_.x11.display.empty();
        if (logins_.size() > watched + (has_own ? 1 : 0) && std::ranges::none_of(seats_, [](const auto& each) {
                return each.second.state == core::SourceState::starting && !each.second.is_no_place;
            })) {
            std::string ids;
            for (const auto& login : logins_) ids += (ids.empty() ? "" : ", ") + login.id;
            return tell_hiding(fmt::format("logind knows of {} desktop {} of yours ({}), and doze can watch only {}.",
                                           logins_.size(), logins_.size() == 1 ? "session" : "sessions", ids,
                                           watched + (has_own ? 1 : 0)));
        }
        if (watched > 0) return tell_running(fmt::format("Watches {} as well.", names));
        if (has_told_status()) tell_standby();
    }

    const ports::Clock& clock_;
    const OtherSessionsOptions options_;
    dbus::Bus bus_;
    GraphicalSessions sessions_;
    std::vector<GraphicalSession> logins_;
    Inotify folder_;
    boost::asio::steady_timer next_look_;
    std::map<std::string, Seat> seats_;
    std::map<std::string, std::set<core::ActivityKind>> ongoing_;  ///< By seat.
    bool own_compositor_ = false;
};

OtherSessions::OtherSessions(boost::asio::io_context& io, const ports::Clock& clock, OtherSessionsOptions options)
    : SourceHandle(std::make_shared<Watcher>(io, clock, std::move(options))) {}

}  // namespace doze::activity
