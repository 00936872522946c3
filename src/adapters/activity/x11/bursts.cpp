#include "adapters/activity/x11/bursts.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace doze::activity::x11 {

namespace {

using core::ActivityKind;
using core::ActivitySignal;

/// Readings this close are of the same moment. When the server resets all devices, it stamps them with one time in ms
/// (xserver, dix/window.c, dixSaveScreens); the rest is rounding.
constexpr core::Duration same_moment = std::chrono::milliseconds(3);

/// The error in dates after a shorter suspend does not matter.
constexpr core::Duration shortest_suspend = std::chrono::seconds(1);

std::size_t index(ActivityKind kind) {
    return kind == ActivityKind::pointer ? 1 : 0;
}

}  // namespace

Bursts::Kind& Bursts::of(ActivityKind kind) {
    return kinds_[index(kind)];
}

double Bursts::moved(const Look& look) const {
    return std::hypot(look.pointer.x - rest_.x, look.pointer.y - rest_.y);
}

Verdict Bursts::judge(const Look& look) {
    Verdict verdict;
    if (look.devices.empty()) return verdict;

    const Summaries summaries = read(look);
    if (settings_.keyboard) settle(ActivityKind::keyboard, summaries[0], look, verdict);
    if (settings_.pointer) settle(ActivityKind::pointer, summaries[1], look, verdict);
    if (!summaries[1].awake) undecided_ = false;
    if (!summaries[1].awake || !started_) rest_ = look.pointer;
    verdict.watch_buttons = undecided_;
    suspended_ = look.suspended;
    started_ = true;
    return verdict;
}

Bursts::Summaries Bursts::read(const Look& look) {
    const bool slept = started_ && look.suspended - suspended_ >= shortest_suspend;
    if (slept) undecided_ = false;
    const core::Duration slack = look.span + same_moment;
    const core::Duration oldest =
        std::max_element(look.devices.begin(), look.devices.end(), [](const auto& a, const auto& b) {
            return a.idle < b.idle;
        })->idle;
    // A display that does not tell devices apart has one counter, and nothing to compare it with.
    const bool alone = look.devices.size() == 1;

    Summaries summaries;
    std::map<int, Device> devices;
    for (const DeviceReading& reading : look.devices) {
        const auto known = devices_.find(reading.device);
        const bool is_new = known == devices_.end();
        Device device = is_new ? Device{.kind = reading.kind, .rest_axes = reading.axes} : known->second;

        const core::Duration last = look.server_time - reading.idle;
        const bool awake = reading.idle < settings_.idle_threshold;
        if (!awake) {
            device.ignored_until.reset();
            device.rest_axes = reading.axes;
        } else if ((is_new && started_) || (slept && device.awake)) {
            device.ignored_until = last;
        }
        device.awake = awake;

        const bool own = alone || reading.idle + slack < oldest;
        const bool counts = awake && own && (!device.ignored_until || last > *device.ignored_until + slack);
        Summary& summary = summaries[index(reading.kind)];
        if (!summary.present || reading.idle < summary.youngest) {
            summary.youngest = reading.idle;
            summary.own = own;
        }
        summary.present = true;
        summary.awake |= awake;
        summary.counts |= counts;
        summary.shifted |= counts && reading.axes != device.rest_axes;
        devices.emplace(reading.device, device);
    }
    for (const auto& [id, device] : devices_) {
        if (device.awake && !devices.contains(id)) summaries[index(device.kind)].unplugged = true;
    }
    devices_ = std::move(devices);
    return summaries;
}

void Bursts::settle(ActivityKind name, const Summary& summary, const Look& look, Verdict& verdict) {
    Kind& kind = of(name);
    const core::TimePoint last = look.at - summary.youngest;
    const auto say = [&](core::TimePoint at, bool ongoing) {
        verdict.signals.push_back(ActivitySignal{.kind = name, .at = at, .ongoing = ongoing});
        kind.ongoing = ongoing;
        kind.masked_since.reset();
    };

    if (!started_) {
        if (summary.present && summary.own) say(last, summary.counts);
        verdict.look_again |= summary.awake && !kind.ongoing;
        return;
    }

    const core::Duration slept = look.suspended - suspended_;
    if (slept >= shortest_suspend && kind.ongoing) {
        // The server's counters stop during a suspend, so the last event may seem to lie after it.
        say(last - slept, false);
    } else if (!kind.ongoing) {
        if (begins(name, summary, look)) say(last, summary.awake);
    } else if (!summary.awake) {
        const core::TimePoint seen = summary.own ? last : kind.masked_since.value_or(last);
        say(summary.unplugged ? look.at : seen, false);
    } else if (summary.counts) {
        kind.masked_since.reset();
    } else if (!kind.masked_since) {
        kind.masked_since = last;
    } else if (look.at - *kind.masked_since >= settings_.idle_threshold) {
        say(*kind.masked_since, false);
    }
    verdict.look_again |= summary.awake && (!kind.ongoing || kind.masked_since);
}

/// Whether the events of a kind that was quiet until now come from a person.
bool Bursts::begins(ActivityKind kind, const Summary& summary, const Look& look) {
    if (kind == ActivityKind::keyboard) return summary.counts;
    if (!summary.counts && !undecided_) return false;

    const bool unmoved = !undecided_ && look.pointer == rest_ && !summary.shifted;
    const bool person = look.button || unmoved || moved(look) >= settings_.movement_threshold;
    undecided_ = !person;
    return person;
}

std::vector<ActivitySignal> Bursts::end(core::TimePoint now) {
    std::vector<ActivitySignal> signals;
    for (const ActivityKind kind : {ActivityKind::keyboard, ActivityKind::pointer}) {
        if (std::exchange(of(kind).ongoing, false)) signals.push_back(ActivitySignal{.kind = kind, .at = now});
    }
    return signals;
}

}  // namespace doze::activity::x11
