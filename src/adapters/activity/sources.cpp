#include "adapters/activity/sources.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "adapters/activity/dbus/dbus_idle.hpp"
#include "adapters/activity/dbus/inhibitors.hpp"
#include "adapters/activity/dbus/logind_session.hpp"
#include "adapters/activity/gamepad/gamepad.hpp"
#include "adapters/activity/other_sessions.hpp"
#include "adapters/activity/pulse/pulse_sound.hpp"
#include "adapters/activity/terminals/terminals.hpp"
#include "adapters/activity/wayland/wayland_idle.hpp"
#include "adapters/activity/wayland/wayland_window.hpp"
#include "adapters/activity/x11/x11_input.hpp"
#include "adapters/activity/x11/x11_screen.hpp"
#include "adapters/activity/x11/x11_window.hpp"

namespace doze::activity {

using core::SourceState;

ports::ActivitySink naming(const ports::ActivitySink& sink) {
    const auto names = std::make_shared<std::map<core::ActivityKind, std::string>>();
    auto naming = sink;
    naming.status = [names, tell = sink.status](const core::SourceStatus& status) {
        (*names)[status.kind] = status.name;
        if (tell) tell(status);
    };
    naming.signal = [names, tell = sink.signal](core::ActivitySignal signal) {
        signal.source = (*names)[signal.kind];
        if (tell) tell(signal);
    };
    return naming;
}

BestOf::BestOf(std::vector<Candidate> candidates) {
    for (auto& candidate : candidates) seats_.push_back({.candidate = std::move(candidate)});
}

BestOf::~BestOf() = default;

bool BestOf::Seat::is(SourceState state) const {
    return std::ranges::any_of(said, [&](const auto& each) { return each.second.state == state; });
}

bool BestOf::Seat::sees() const {
    return std::ranges::any_of(
        said, [](const auto& each) { return each.second.state == SourceState::running && !each.second.partial; });
}

void BestOf::start(ports::ActivitySink sink) {
    sink_ = std::move(sink);
    // Until one is chosen, each candidate may be the one.
    if (sink_.status)
        for (std::size_t index = 1; index < seats_.size(); ++index) sink_.status(seats_[index].candidate.introduction);
    run(0);
}

/// Runs the next candidate too while this one can't run or sees only a part; stops the later ones once it sees all.
void BestOf::take(std::size_t index, const core::SourceStatus& status) {
    auto& seat = seats_[index];
    seat.said.insert_or_assign(status.name, status);
    if (sink_.status) sink_.status(status);
    const bool is_off =
        std::ranges::all_of(seat.said, [](const auto& each) { return each.second.state == SourceState::disabled; });
    if (seat.sees() || is_off) {
        for (auto after = index + 1; after < seats_.size(); ++after) rest(after);
        running_ = std::min(running_, index + 1);
    } else if ((seat.is(SourceState::unavailable) || seat.is(SourceState::running)) &&
               !seat.is(SourceState::starting) && index + 1 == running_) {
        run(index + 1);
    }
}

void BestOf::run(std::size_t index) {
    if (index >= seats_.size()) return;
    running_ = index + 1;
    auto& seat = seats_[index];
    seat.said.clear();
    seat.source = seat.candidate.make();
    auto taking = sink_;
    taking.status = [this, index](const core::SourceStatus& status) { take(index, status); };
    seat.source->start(naming(taking));
}

bool BestOf::has_settled() const {
    return running_ > 0 && !seats_[running_ - 1].said.empty() && !seats_[running_ - 1].is(SourceState::starting);
}

/// Its last status is no longer true.
void BestOf::rest(std::size_t index) {
    auto& seat = seats_[index];
    if (seat.is(SourceState::standby)) return;
    seat.source.reset();
    if (seat.said.empty()) seat.said.emplace(seat.candidate.introduction.name, seat.candidate.introduction);
    for (auto& [name, status] : seat.said) {
        status.state = SourceState::standby;
        status.detail.clear();
        if (sink_.status) sink_.status(status);
    }
}

namespace {

using core::ActivityKind;
using core::SourceState;

/// Between two checks whether a desktop was started, while only terminals can be watched.
constexpr std::chrono::minutes desktop_pause(1);

/// Whether the person could be using a desktop on this machine, in which case idle terminals don't show that nobody is
/// there. (X servers that the environment does not name are left to OtherSessions.)
bool has_desktop() {
    const auto x11 = X11Environment::of_process();
    if (!x11.display.empty() || x11.session_type == "x11" || x11.session_type == "wayland") return true;
    return !wayland::answering_sockets(WaylandEnvironment::of_process()).empty();
}

}  // namespace

core::SourceStatus made_anew(core::SourceStatus status) {
    const bool is_silent = status.name == "other-sessions" || status.name == "gamepad";
    status.state = is_silent ? SourceState::standby : SourceState::starting;
    status.detail.clear();
    status.hides = false;
    return status;
}

Sources::Sources(boost::asio::io_context& io, const ports::Clock& clock, const ports::SourceSettings& settings)
    : io_(io), clock_(clock), settings_(settings), beside_desktop_(has_desktop()), desktop_timer_(io) {}

Sources::~Sources() = default;

std::vector<Candidate> Sources::input_candidates() const {
    const auto input = [](const char* name, auto make) {
        return Candidate{.introduction = {.name = name, .kind = ActivityKind::input}, .make = std::move(make)};
    };
    std::vector<Candidate> candidates;
    // First, because it tells the keyboard from the pointer; in a Wayland session it gives way by itself.
    candidates.push_back(input("x11", [this] {
        return std::make_unique<X11Input>(io_, clock_,
                                          X11InputOptions{.environment = X11Environment::of_process(),
                                                          .keyboard_enabled = settings_.keyboard,
                                                          .pointer_enabled = settings_.mouse,
                                                          .movement_threshold = settings_.movement_threshold});
    }));
    candidates.push_back(input("wayland-idle", [this] {
        return std::make_unique<WaylandIdle>(io_, clock_,
                                             WaylandIdleOptions{.environment = WaylandEnvironment::of_process(),
                                                                .enabled = settings_.keyboard || settings_.mouse});
    }));
    candidates.push_back(input("mutter-idle", [this] {
        return std::make_unique<MutterIdle>(io_, clock_, dbus::BusEnvironment::of_process());
    }));
    candidates.push_back(input("screensaver-idle", [this] {
        return std::make_unique<ScreenSaverIdle>(io_, clock_, dbus::BusEnvironment::of_process());
    }));
    candidates.push_back(input("logind-idle", [this] {
        return std::make_unique<LogindIdle>(io_, clock_, dbus::BusEnvironment::of_process());
    }));
    if (settings_.terminals && !beside_desktop_) {
        candidates.push_back(input("terminals", [this] {
            return std::make_unique<Terminals>(io_, clock_, TerminalsOptions{.partial = false});
        }));
    }
    return candidates;
}

std::vector<Candidate> Sources::window_candidates() const {
    std::vector<Candidate> candidates;
    candidates.push_back(
        {.introduction = {.name = "x11-window", .kind = ActivityKind::window}, .make = [this] {
             return std::make_unique<X11Window>(
                 io_, clock_,
                 X11WindowOptions{.environment = X11Environment::of_process(), .enabled = settings_.window});
         }});
    candidates.push_back(
        {.introduction = {.name = "wayland-window", .kind = ActivityKind::window}, .make = [this] {
             return std::make_unique<WaylandWindow>(
                 io_, clock_,
                 WaylandWindowOptions{.environment = WaylandEnvironment::of_process(), .enabled = settings_.window});
         }});
    return candidates;
}

void Sources::add(core::SourceStatus status, std::unique_ptr<ports::ActivitySource> source) {
    if (!source) status.state = SourceState::disabled;
    singles_.push_back({.status = std::move(status), .source = std::move(source)});
}

void Sources::make() {
    const auto bus = dbus::BusEnvironment::of_process();
    input_ = std::make_unique<BestOf>(input_candidates());
    window_ = std::make_unique<BestOf>(window_candidates());
    singles_.clear();
    auto session = std::make_unique<LogindSession>(io_, clock_, bus);
    session_ = session.get();
    add({.name = "logind-session", .kind = ActivityKind::session}, std::move(session));
    add({.name = "inhibitors", .kind = ActivityKind::session},
        settings_.inhibitors ? std::make_unique<Inhibitors>(io_, bus) : nullptr);
    if (beside_desktop_ || !settings_.terminals) {
        add({.name = "terminals", .kind = ActivityKind::input},
            settings_.terminals ? std::make_unique<Terminals>(io_, clock_, TerminalsOptions{.partial = true})
                                : nullptr);
    }
    saver_ = std::make_unique<X11Saver>(io_, X11Environment::of_process());
    if (settings_.other_sessions) {
        // It reports nothing until there is another session.
        others_ =
            std::make_unique<OtherSessions>(io_, clock_,
                                            OtherSessionsOptions{.x11 = X11Environment::of_process(),
                                                                 .wayland = WaylandEnvironment::of_process(),
                                                                 .bus = bus,
                                                                 .keyboard_enabled = settings_.keyboard,
                                                                 .pointer_enabled = settings_.mouse,
                                                                 .movement_threshold = settings_.movement_threshold});
    }
    // It reports nothing until a gamepad is there.
    add({.name = "gamepad", .kind = ActivityKind::input, .state = SourceState::standby},
        std::make_unique<Gamepad>(io_, clock_));
    add({.name = "x11-screen", .kind = ActivityKind::screen},
        std::make_unique<X11Screen>(io_, clock_,
                                    X11ScreenOptions{.environment = X11Environment::of_process(),
                                                     .enabled = settings_.screen,
                                                     .interval = settings_.screen_interval,
                                                     .diff_threshold = settings_.diff_threshold}));
    const PulseSoundOptions sound{
        .server = {}, .volume_threshold = settings_.volume_threshold, .interval = settings_.audio_interval};
    add({.name = "pulse", .kind = ActivityKind::audio},
        settings_.audio ? std::make_unique<PulseSound>(io_, clock_, sound) : nullptr);
}

void Sources::start(ports::ActivitySink sink) {
    sink_ = std::move(sink);
    sink_.status = [this, tell = sink_.status](const core::SourceStatus& status) {
        told_.insert_or_assign(status.name, status);
        if (tell) tell(status);
    };
    begin();
    if (settings_.terminals) watch_for_desktop();
}

void Sources::begin() {
    make();
    input_->start(sink_);
    window_->start(sink_);
    if (others_) others_->start(sink_);
    // Few machines have XScreenSaver, so its status is not shown, only its events are passed on.
    saver_->start({.signal = {}, .status = {}, .session = sink_.session, .inhibited = {}});
    for (auto& single : singles_) {
        if (!single.source) {
            if (sink_.status) sink_.status(single.status);
            continue;
        }
        auto named = naming(sink_);
        named.status = [&single, tell = named.status](const core::SourceStatus& status) {
            single.status = status;
            tell(status);
        };
        single.source->start(std::move(named));
    }
}

/// Starts over when a desktop appears or disappears: the choice of sources depends on it.
void Sources::watch_for_desktop() {
    desktop_timer_.expires_after(desktop_pause);
    desktop_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (std::exchange(beside_desktop_, has_desktop()) != beside_desktop_) begin_anew();
        watch_for_desktop();
    });
}

/// Ends the signals that the old sources had reported as ongoing.
void Sources::begin_anew() {
    for (const auto& [name, status] : std::map(told_))
        if (sink_.status) sink_.status(made_anew(status));
    begin();
}

void Sources::let_suspend() {
    if (session_ != nullptr) session_->release();
}

bool Sources::have_settled() const {
    return input_ && input_->has_settled() && window_->has_settled() &&
           std::ranges::none_of(singles_,
                                [](const Single& single) { return single.status.state == SourceState::starting; });
}

}  // namespace doze::activity
