#include "core/presence/activity.hpp"

#include <algorithm>
#include <utility>

namespace doze::core {
namespace {

std::size_t index(Activity activity) {
    return static_cast<std::size_t>(activity);
}

}  // namespace

std::string_view to_string(Activity activity) {
    switch (activity) {
        case Activity::keyboard: return "KEYBOARD_ACTIVITY";
        case Activity::pointer: return "MOUSE_MOVEMENT";
        case Activity::screen: return "SCREEN_CHANGE";
        case Activity::window: return "ACTIVE_WINDOW";
        case Activity::audio: return "AUDIO_PLAYBACK";
    }
    return "";
}

std::optional<Activity> activity_of(ActivityKind kind) {
    switch (kind) {
        case ActivityKind::keyboard:
        case ActivityKind::input: return Activity::keyboard;
        case ActivityKind::pointer: return Activity::pointer;
        case ActivityKind::screen: return Activity::screen;
        case ActivityKind::window: return Activity::window;
        case ActivityKind::audio: return Activity::audio;
        case ActivityKind::session: break;
    }
    return std::nullopt;
}

Duration interval_of(Activity activity) {
    switch (activity) {
        case Activity::keyboard: return Duration(300);
        case Activity::pointer: return Duration(500);
        case Activity::screen: return Duration(1000);
        case Activity::window: return Duration(500);
        case Activity::audio: return Duration(1000);
    }
    return {};
}

void ActivityThrottle::on_signal(const ActivitySignal& signal) {
    const auto activity = activity_of(signal.kind);
    if (!activity) return;
    const std::pair burst(signal.kind, signal.source);
    if (signal.ongoing) {
        ongoing_.insert(burst);
    } else if (ongoing_.erase(burst) > 0) {
        return;
    }
    auto& kind = kinds_[index(*activity)];
    ++kind.waiting;
    kind.newest = std::max(kind.newest, signal.at);
}

void ActivityThrottle::on_source(const SourceStatus& status) {
    if (status.state != SourceState::running) ongoing_.erase({status.kind, status.name});
}

std::vector<Activities> ActivityThrottle::due(TimePoint now) {
    std::vector<Activities> told;
    for (const auto activity : activities) {
        auto& kind = kinds_[index(activity)];
        if (kind.waiting == 0 || now < kind.not_before) continue;
        told.push_back({activity, std::exchange(kind.waiting, 0), std::min(kind.newest, now)});
        kind.newest = TimePoint::min();
        kind.not_before = now + interval_of(activity);
    }
    return told;
}

void ActivityThrottle::forget() {
    for (auto& kind : kinds_) {
        kind.waiting = 0;
        kind.newest = TimePoint::min();
    }
}

std::optional<TimePoint> ActivityThrottle::next_deadline() const {
    std::optional<TimePoint> next;
    for (const auto& kind : kinds_)
        if (kind.waiting > 0) next = std::min(next.value_or(kind.not_before), kind.not_before);
    return next;
}

}  // namespace doze::core
