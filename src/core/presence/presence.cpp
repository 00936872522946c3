#include "core/presence/presence.hpp"

#include <algorithm>
#include <utility>

namespace doze::core {
namespace {

/// The command to leave is itself typed: its last key is let go after doze has heard it.
constexpr Duration leaving_takes = std::chrono::seconds(3);

/// Typing a password, and once more.
constexpr Duration longest_unlocking = std::chrono::seconds(15);

std::size_t index(ActivityKind kind) {
    return static_cast<std::size_t>(kind);
}

}  // namespace

bool tell_absence(const std::map<std::string, SourceStatus>& sources) {
    return std::ranges::any_of(sources, [](const auto& each) { return tells_absence(each.second); }) &&
           std::ranges::none_of(sources, [](const auto& each) { return each.second.hides; });
}

Duration PresenceSettings::idle_after() const {
    return inactivity_timeout - std::min(warning, inactivity_timeout / 2);
}

Presence::Presence(PresenceSettings settings, const std::optional<PresenceRecord>& record, Now now)
    : settings_(settings),
      last_counting_(now.boot),
      last_physical_(now.boot),
      since_(now.boot),
      deaf_until_(TimePoint::min()) {
    if (!record) return;
    if (record->state == PresenceState::away) {
        underlying_ = PresenceState::away;
        since_ = now.boot - std::max(Duration::zero(), now.wall - record->since);
        deaf_until_ = since_ + leaving_takes;
    } else if (record->state == PresenceState::idle) {
        last_counting_ = last_physical_ = now.boot - settings_.idle_after();
        underlying_ = PresenceState::idle;
    }
}

void Presence::configure(PresenceSettings settings, TimePoint now) {
    if (settings == settings_) return;
    settings_ = settings;
    // A shorter timeout must not send away at once a person who had no warning.
    last_counting_ = std::max(last_counting_, now - settings_.idle_after());
    advance(now);
}

bool Presence::physical_ongoing() const {
    return std::ranges::any_of(signal_kinds,
                               [&](auto kind) { return is_physical(kind) && !kinds_[index(kind)].ongoing.empty(); });
}

bool Presence::passive_ongoing() const {
    return !inhibitors_.empty() || std::ranges::any_of(signal_kinds, [&](auto kind) {
        return is_passive(kind) && !kinds_[index(kind)].ongoing.empty();
    });
}

bool Presence::is_passive(ActivityKind kind) const {
    const bool is_drawn = kind == ActivityKind::screen || kind == ActivityKind::window;
    return !is_physical(kind) && !(is_drawn && !covers_.empty());
}

std::optional<TimePoint> Presence::locked_at() const {
    std::optional<TimePoint> first;
    for (const auto& [source, lock] : locks_)
        if (!lock.doubted) first = std::min(first.value_or(lock.at), lock.at);
    return first;
}

bool Presence::is_lock_doubted() const {
    return std::ranges::any_of(locks_, [](const auto& each) { return each.second.doubted; });
}

/// Whoever unlocks types for seconds. A locker that died leaves its word behind for days.
void Presence::doubt_lock(TimePoint input) {
    const auto locked = locked_at();
    if (!locked || input < *locked) return;
    if (!typed_since_) typed_since_ = input;
    if (input - *typed_since_ < std::max(settings_.lock_grace, longest_unlocking)) return;
    for (auto& [source, lock] : locks_) lock.doubted = true;
}

TimePoint Presence::newest(TimePoint now) const {
    if (physical_ongoing()) return now;
    if (locked_at() || !passive_ongoing()) return last_counting_;
    return std::max(last_counting_, std::min(now, last_physical_ + settings_.passive_limit));
}

std::optional<TimePoint> Presence::away_at(TimePoint newest) const {
    const auto unlocked = newest + settings_.inactivity_timeout;
    const auto locked = locked_at();
    if (!locked) return unlocked;
    return std::min(unlocked, std::max(*locked, last_physical_) + settings_.lock_grace);
}

std::optional<TimePoint> Presence::away_at() const {
    if (underlying_ == PresenceState::away || blind_ || physical_ongoing()) return std::nullopt;
    // While something passive goes on, what counts runs on to its limit.
    return std::max(*away_at(newest(TimePoint::max())), listening_until_);
}

void Presence::become(PresenceState state, TimePoint at) {
    if (underlying_ == state) return;
    underlying_ = state;
    since_ = at;
    if (state != PresenceState::away) left_ = false;
    if (state == PresenceState::away) typed_since_.reset();
}

void Presence::on_signal(const ActivitySignal& signal, TimePoint now) {
    auto& kind = kinds_[index(signal.kind)];
    // What the person says or does to their session is said now, whatever was decided since it was noticed.
    const bool explicitly = signal.kind == ActivityKind::session;
    const auto at = explicitly ? now : std::min(signal.at, now);
    const bool stale = kind.stale.erase(signal.source) > 0 && !signal.ongoing;
    if (signal.ongoing)
        kind.ongoing.insert(signal.source);
    else
        kind.ongoing.erase(signal.source);
    if (stale) return advance(now);
    kind.last = std::max(kind.last.value_or(at), at);

    if (is_physical(signal.kind)) {
        last_physical_ = std::max(last_physical_, at);
        last_counting_ = std::max(last_counting_, at);
        if (is_input(signal.kind)) doubt_lock(at);
        if (underlying_ == PresenceState::away && at >= since_ && (explicitly || at > deaf_until_))
            become(PresenceState::active, at);
    } else if (is_passive(signal.kind) && underlying_ != PresenceState::away && !is_locked() &&
               at - last_physical_ < settings_.passive_limit) {
        last_counting_ = std::max(last_counting_, at);
    }
    advance(now);
}

void Presence::on_session(SessionEvent event, TimePoint now, const std::string& source) {
    switch (event) {
        case SessionEvent::locked:
            if (!is_locked()) typed_since_ = physical_ongoing() ? std::optional(now) : std::nullopt;
            locks_.try_emplace(source, Lock{.at = now});
            break;
        case SessionEvent::lock_forgotten: locks_.erase(source); break;
        case SessionEvent::covered: covers_.insert(source); break;
        case SessionEvent::uncovered: covers_.erase(source); break;
        case SessionEvent::unlocked:
            locks_.erase(source);
            return on_signal({.kind = ActivityKind::session, .at = now}, now);
        case SessionEvent::suspending:
        case SessionEvent::shutting_down:
            for (auto& kind : kinds_) kind.stale = std::exchange(kind.ongoing, {});
            leave(now, now);
            break;
        case SessionEvent::resumed: break;  // A laptop that wakes itself at night brings nobody back.
    }
    advance(now);
}

void Presence::on_source(const SourceStatus& status, TimePoint now) {
    sources_[status.name] = status;
    // One that watches several sessions names them after its own name.
    const auto is_its = [&](const std::string& source) {
        return source == status.name || source.starts_with(status.name + " ");
    };
    auto& ongoing = kinds_[index(status.kind)].ongoing;
    if (status.state != SourceState::running && std::erase_if(ongoing, is_its) > 0) {
        last_counting_ = now;
        if (is_physical(status.kind)) last_physical_ = now;
    }
    if (status.state != SourceState::running) inhibitors_.erase(status.name);
    if (status.state == SourceState::starting) {  // Made anew: it will tell what is so.
        locks_.erase(status.name);
        covers_.erase(status.name);
    }
    const bool blind = !tell_absence(sources_);
    // What happened while blind is not known, so the person gets the whole warning time.
    if (std::exchange(blind_, blind) && !blind) last_counting_ = std::max(last_counting_, now - settings_.idle_after());
    advance(now);
}

void Presence::on_inhibited(const std::string& source, bool inhibited, TimePoint now) {
    advance(now);  // What went on until now counts until now.
    if (inhibited)
        inhibitors_.insert(source);
    else
        inhibitors_.erase(source);
    advance(now);
}

std::optional<TimePoint> Presence::inhibited_until() const {
    if (inhibitors_.empty() || is_locked() || underlying_ == PresenceState::away) return std::nullopt;
    return last_physical_ + settings_.passive_limit;
}

void Presence::leave(TimePoint at, TimePoint deaf_until) {
    become(PresenceState::away, at);
    deaf_until_ = deaf_until;
    left_ = true;
}

void Presence::on_leave(TimePoint now) {
    leave(now, now + leaving_takes);
}

void Presence::return_if_physical_ongoing(TimePoint now) {
    if (!physical_ongoing() || now <= deaf_until_ || now <= since_) return;
    last_physical_ = last_counting_ = now;
    become(PresenceState::active, now);
}

void Presence::listen_until(TimePoint until) {
    listening_until_ = until;
}

void Presence::advance(TimePoint now) {
    if (underlying_ == PresenceState::away) return return_if_physical_ongoing(now);
    if (physical_ongoing()) return blind_ ? void() : become(PresenceState::active, now);
    last_counting_ = newest(now);
    if (blind_) return;
    const auto away = *away_at(last_counting_);
    const bool listens = now < listening_until_;
    if (now >= away && !listens) return become(PresenceState::away, away);
    const bool is_long = now - last_counting_ >= settings_.idle_after();
    const bool idle = is_locked() || (is_long && (!listens || underlying_ == PresenceState::idle));
    become(idle ? PresenceState::idle : PresenceState::active, now);
}

PresenceState Presence::state() const {
    return is_blind() ? PresenceState::unknown : underlying_;
}

std::optional<TimePoint> Presence::next_deadline() const {
    if (underlying_ == PresenceState::away)
        return physical_ongoing() ? std::optional(std::max(deaf_until_, since_) + Duration(1)) : std::nullopt;
    const auto away = away_at();
    if (!away || underlying_ == PresenceState::idle) return away;
    return std::min(*away, std::max(newest(TimePoint::max()) + settings_.idle_after(), listening_until_));
}

PresenceRecord Presence::record(Now now) const {
    return {underlying_, now.wall - (now.boot - since_)};
}

std::optional<TimePoint> Presence::last_signal(ActivityKind kind) const {
    return kinds_[index(kind)].last;
}

}  // namespace doze::core
