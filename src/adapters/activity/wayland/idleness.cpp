#include "adapters/activity/wayland/idleness.hpp"

#include <algorithm>
#include <array>
#include <idle-client-protocol.h>
#include <utility>
#include <wayland-client-protocol.h>

namespace doze::activity::wayland {

namespace {

// Both protocols use the same opcodes.
static_assert(ext_idle_notify::destroy_notification == ORG_KDE_KWIN_IDLE_TIMEOUT_RELEASE);

/// The listener's functions in the order of the events, which both protocols share.
struct EventSink {
    void (*idled)(void* events, wl_proxy*);
    void (*resumed)(void* events, wl_proxy*);
};

// Calls a copy of the callback, because the call may destroy the notification.
constexpr EventSink listener = {
    .idled =
        [](void* events, wl_proxy*) {
            if (const auto idled = static_cast<IdleNotification::Events*>(events)->idled) idled();
        },
    .resumed =
        [](void* events, wl_proxy*) {
            if (const auto resumed = static_cast<IdleNotification::Events*>(events)->resumed) resumed();
        },
};

}  // namespace

IdleNotification::IdleNotification(wl_proxy* proxy, Events events) : proxy_(proxy), events_(std::move(events)) {
    // libwayland takes any listener as an array of functions, and does not write to it.
    auto* const functions = reinterpret_cast<void (**)()>(const_cast<EventSink*>(&listener));
    wl_proxy_add_listener(proxy_, functions, &events_);
}

IdleNotification::~IdleNotification() {
    wl_proxy_marshal_flags(proxy_, ext_idle_notify::destroy_notification, nullptr, wl_proxy_get_version(proxy_),
                           WL_MARSHAL_FLAG_DESTROY);
}

std::unique_ptr<IdleNotifier> IdleNotifier::bind(const Connection& connection) {
    const auto bound = [&](const Global& global, const wl_interface& interface, std::uint32_t newest) {
        const std::uint32_t version = std::min(global.version, newest);
        auto* const proxy =
            static_cast<wl_proxy*>(wl_registry_bind(connection.registry(), global.name, &interface, version));
        return std::pair(proxy, version);
    };
    if (const Global* ext = connection.find(ext_idle_notify::notifier.name)) {
        const auto [proxy, version] = bound(*ext, ext_idle_notify::notifier, 2);
        return std::unique_ptr<IdleNotifier>(new IdleNotifier(proxy, true, version));
    }
    if (const Global* kde = connection.find(org_kde_kwin_idle_interface.name)) {
        const auto [proxy, version] = bound(*kde, org_kde_kwin_idle_interface, 1);
        return std::unique_ptr<IdleNotifier>(new IdleNotifier(proxy, false, version));
    }
    return nullptr;
}

IdleNotifier::~IdleNotifier() {
    if (is_ext_) {
        wl_proxy_marshal_flags(manager_, ext_idle_notify::destroy_notifier, nullptr, version_, WL_MARSHAL_FLAG_DESTROY);
    } else {
        wl_proxy_destroy(manager_);
    }
}

std::unique_ptr<IdleNotification> IdleNotifier::notify(wl_seat* seat, core::Duration timeout, Scope reach,
                                                       IdleNotification::Events events) const {
    const auto ms = static_cast<std::uint32_t>(timeout.count());
    wl_proxy* proxy = nullptr;
    if (is_ext_) {
        const bool input = reach == Scope::input && sees_through_inhibitors();
        proxy = wl_proxy_marshal_flags(
            manager_, input ? ext_idle_notify::get_input_idle_notification : ext_idle_notify::get_idle_notification,
            &ext_idle_notify::notification, version_, 0, nullptr, ms, seat);
    } else {
        auto* const manager = reinterpret_cast<org_kde_kwin_idle*>(manager_);
        proxy = reinterpret_cast<wl_proxy*>(org_kde_kwin_idle_get_idle_timeout(manager, seat, ms));
    }
    return std::make_unique<IdleNotification>(proxy, std::move(events));
}

}  // namespace doze::activity::wayland

namespace doze::activity::wayland::ext_idle_notify {

namespace {

// One entry per argument; null if the argument is no object. Long enough for requests without arguments as well.
constinit std::array<const wl_interface*, 3> arguments = {&notification, nullptr, &wl_seat_interface};

constexpr std::array notification_requests = {wl_message{"destroy", "", nullptr}};
constexpr std::array notification_events = {wl_message{"idled", "", nullptr}, wl_message{"resumed", "", nullptr}};

// "2nuo": since version 2; a new object, an unsigned number, an object.
const std::array notifier_requests = {wl_message{"destroy", "", nullptr},
                                      wl_message{"get_idle_notification", "nuo", arguments.data()},
                                      wl_message{"get_input_idle_notification", "2nuo", arguments.data()}};

}  // namespace

const wl_interface notification = {"ext_idle_notification_v1",   2, 1,
                                   notification_requests.data(), 2, notification_events.data()};
const wl_interface notifier = {"ext_idle_notifier_v1", 2, 3, notifier_requests.data(), 0, nullptr};

}  // namespace doze::activity::wayland::ext_idle_notify

namespace doze::activity::wayland {

using core::ActivityKind;
using core::ActivitySignal;
using core::Duration;

namespace {

/// How late a notification of an untouched seat may be: the compositor's delay and doze's own.
constexpr Duration slack = std::chrono::seconds(1);

/// The two clocks are read one after the other; a smaller difference is not a suspend.
constexpr Duration shortest_suspend = std::chrono::milliseconds(500);

}  // namespace

void Idleness::watch(Seat seat, Moment now) {
    seats_.insert_or_assign(seat, SeatState{.state = SeatState::fresh, .since = now});
}

Idleness::Said Idleness::unwatch(Seat seat, Moment now) {
    seats_.erase(seat);
    return any_active() ? std::nullopt : end(now);
}

Idleness::Said Idleness::idled(Seat seat, Moment now) {
    const auto found = seats_.find(seat);
    if (found == seats_.end() || is_hidden()) return std::nullopt;
    const SeatState before = std::exchange(found->second, {.state = SeatState::idle, .since = now});
    // The end of activity that was ongoing at a suspend arrives after it, and says nothing of the time since.
    const bool suspended = now.suspended - before.since.suspended >= shortest_suspend;
    const core::TimePoint last =
        suspended ? before.since.at : std::max(before.since.at, now.at - settings_.idle_threshold);
    if (before.state == SeatState::fresh && last - before.since.at <= slack) return std::nullopt;
    if (before.state == SeatState::idle || any_active()) return std::nullopt;
    ongoing_.reset();
    unconfirmed_.reset();
    return ActivitySignal{.kind = ActivityKind::input, .at = last};
}

Idleness::Said Idleness::resumed(Seat seat, Moment now) {
    const auto found = seats_.find(seat);
    if (found == seats_.end() || is_hidden()) return std::nullopt;
    found->second = {.state = SeatState::active, .since = now};
    if (ongoing_) return std::nullopt;
    if (!settings_.inhibitors_look_like_input) return begin(now);
    if (!unconfirmed_) unconfirmed_ = now;
    return std::nullopt;
}

Idleness::Said Idleness::probe_answered(Moment now) {
    certain_ = now.at;
    inhibited_ = false;
    if (const auto confirmed = std::exchange(unconfirmed_, std::nullopt)) return begin(*confirmed);
    return std::nullopt;
}

Idleness::Said Idleness::probe_is_silent(Moment now) {
    inhibited_ = true;
    return settings_.hidden_by_inhibitors ? end(now) : std::nullopt;
}

Idleness::Said Idleness::end(Moment now) {
    unconfirmed_.reset();
    if (!std::exchange(ongoing_, std::nullopt)) return std::nullopt;
    return ActivitySignal{.kind = ActivityKind::input, .at = settings_.hidden_by_inhibitors ? certain_ : now.at};
}

Idleness::Said Idleness::begin(Moment at) {
    ongoing_ = at;
    certain_ = std::max(certain_, at.at);
    return ActivitySignal{.kind = ActivityKind::input, .at = at.at, .ongoing = true};
}

bool Idleness::any_active() const {
    return std::ranges::any_of(seats_, [](const auto& seat) { return seat.second.state == SeatState::active; });
}

}  // namespace doze::activity::wayland
