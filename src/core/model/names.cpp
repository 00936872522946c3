// Every enum of the core as the one word that log, journal, protocol and tests use for it.
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/effect.hpp"
#include "core/model/journal_entry.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"
#include "core/presence/activity.hpp"
#include "core/presence/presence.hpp"

namespace doze::core {

std::string_view to_string(Phase phase) {
    switch (phase) {
        case Phase::awake: return "awake";
        case Phase::falling_asleep: return "falling asleep";
        case Phase::asleep: return "asleep";
        case Phase::waking: return "waking";
        case Phase::changing: return "changing";
        case Phase::gone: return "gone";
    }
    return "?";
}

std::string_view to_string(ActivityKind kind) {
    switch (kind) {
        case ActivityKind::keyboard: return "keyboard";
        case ActivityKind::pointer: return "pointer";
        case ActivityKind::input: return "input";
        case ActivityKind::session: return "session";
        case ActivityKind::screen: return "screen";
        case ActivityKind::audio: return "audio";
        case ActivityKind::window: return "window";
    }
    return "?";
}

std::string_view to_string(SourceState state) {
    switch (state) {
        case SourceState::starting: return "starting";
        case SourceState::running: return "running";
        case SourceState::unavailable: return "unavailable";
        case SourceState::standby: return "standby";
        case SourceState::disabled: return "disabled";
    }
    return "?";
}

std::string_view to_string(PresenceState state) {
    switch (state) {
        case PresenceState::unknown: return "unknown";
        case PresenceState::active: return "active";
        case PresenceState::idle: return "idle";
        case PresenceState::away: return "away";
    }
    return "?";
}

std::string_view to_string(SleepState state) {
    switch (state) {
        case SleepState::sleeping: return "sleeping";
        case SleepState::asleep: return "asleep";
        case SleepState::waking: return "waking";
        case SleepState::left_awake: return "left-awake";
        case SleepState::letting_go: return "letting-go";
    }
    return "?";
}

std::string_view to_string(Initiator initiator) {
    return initiator == Initiator::doze ? "doze" : "person";
}

std::string_view to_string(Verb verb) {
    return verb == Verb::sleep ? "sleep" : "wake";
}

std::string_view to_string(Reason reason) {
    switch (reason) {
        case Reason::started: return "started";
        case Reason::presence: return "presence";
        case Reason::away: return "away";
        case Reason::returned: return "returned";
        case Reason::command: return "command";
        case Reason::verified: return "verified";
        case Reason::started_by_hand: return "started-by-hand";
        case Reason::changed_by_hand: return "changed-by-hand";
        case Reason::guarded: return "guarded";
        case Reason::gone: return "gone";
        case Reason::refused: return "refused";
        case Reason::blind: return "blind";
        case Reason::source: return "source";
        case Reason::dry_run: return "dry-run";
        case Reason::configured: return "configured";
        case Reason::busy: return "busy";
        case Reason::restarted: return "restarted";
        case Reason::held: return "held";
    }
    return "?";
}

std::string_view to_string(Level level) {
    switch (level) {
        case Level::info: return "info";
        case Level::warning: return "warning";
        case Level::error: return "error";
    }
    return "?";
}

std::string to_string(const Size& size) {
    if (size.min && size.max) return fmt::format("{}/{}/{}", *size.min, size.desired, *size.max);
    return fmt::format("{}", size.desired);
}

std::string to_string(const Losses& losses) {
    std::string text;
    if (losses.erases())
        text = fmt::format("What is on the instance store of its type {} is lost at each stop.", losses.instance_store);
    if (!losses.public_address.empty())
        text += fmt::format("{}Its public address {} will be another one after each sleep; an Elastic IP stays.",
                            text.empty() ? "" : " ", losses.public_address);
    return text;
}

std::string to_string(Duration span) {
    using namespace std::chrono;
    const auto total = duration_cast<seconds>(span).count();
    if (span < seconds(10) && span.count() % 1000 != 0)
        return fmt::format("{:.1f} s", static_cast<double>(span.count()) / 1000);
    if (total < 120) return fmt::format("{} s", total);
    const auto total_minutes = total / 60;
    if (total_minutes < 120) return fmt::format("{} min", total_minutes);
    const auto hours = total_minutes / 60;
    if (hours < 48)
        return total_minutes % 60 == 0 ? fmt::format("{} h", hours)
                                       : fmt::format("{} h {} min", hours, total_minutes % 60);
    return hours % 24 == 0 ? fmt::format("{} d", hours / 24) : fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string to_iso(WallTime time) {
    // As a time point, fmt would take it for local time.
    return fmt::format("{:%FT%TZ}",
                       fmt::gmtime(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count()));
}

}  // namespace doze::core
