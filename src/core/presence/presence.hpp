#pragma once

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/settings.hpp"
#include "core/model/time.hpp"
#include "core/presence/activity.hpp"

namespace doze::core {

enum class PresenceState {
    unknown,  ///< No physical source runs: doze is blind, and puts nothing to sleep.
    active,
    idle,
    away,
};

[[nodiscard]] std::string_view to_string(PresenceState state);

/// Whether these sources, by their names, can together tell that nobody is there: one of them sees all of the input,
/// and none reports that the person may be where it can't look.
[[nodiscard]] bool tell_absence(const std::map<std::string, SourceStatus>& sources);

/// What of presence outlives the process.
struct PresenceRecord {
    PresenceState state = PresenceState::active;  ///< Never `unknown`.
    WallTime since;                               ///< When it began.

    bool operator==(const PresenceRecord&) const = default;
};

/// Decides from the activity signals whether the person is there. Pure: every call is told when it happens. The rules:
/// - A physical signal always counts, and only a physical signal ends `away`.
/// - A passive signal counts while the last physical one is younger than the passive limit, but never while away or
///   locked. Screen changes do not count while a screensaver is in front: they are its own.
/// - Without a running physical source, or if the person may be where no source looks, presence is `unknown`.
/// - If input goes on for the lock's grace although the session is said to be locked, the lock is taken for false.
/// See docs/presence.md.
class Presence {
   public:
    /// The start counts as a sign of life, unless `record` says otherwise: away stays away, and idle begins anew, so
    /// that the person gets the whole warning time.
    Presence(PresenceSettings settings, const std::optional<PresenceRecord>& record, Now now);

    void configure(PresenceSettings settings, TimePoint now);
    void on_signal(const ActivitySignal& signal, TimePoint now);
    /// `source` is who reported it: each source's lock is kept apart.
    void on_session(SessionEvent event, TimePoint now, const std::string& source = {});
    void on_source(const SourceStatus& status, TimePoint now);
    /// Something asks the desktop not to become idle (a presentation, a call, a player), or no longer. Counts as a
    /// passive sign of life that goes on: within the passive limit, and never while away or locked.
    void on_inhibited(const std::string& source, bool inhibited, TimePoint now);
    /// The person says that they leave: away at once. What brings them back is input after a short while (not the key
    /// release of the command itself), or that they say so, or unlock: these two at once.
    void on_leave(TimePoint now);
    /// Until then, silence is no evidence of absence: what the sources have to tell is still being read.
    void listen_until(TimePoint until);
    /// Time passes. Call at next_deadline(), or at any other time.
    void advance(TimePoint now);

    [[nodiscard]] PresenceState state() const;
    [[nodiscard]] TimePoint since() const { return since_; }

    /// Away, even if state() is `unknown` because doze is blind: what sleeps stays asleep until this is false.
    [[nodiscard]] bool is_away() const { return underlying_ == PresenceState::away; }
    [[nodiscard]] bool is_blind() const { return blind_ && !left_; }

    /// Some source could tell that nobody is there.
    [[nodiscard]] bool sees() const { return !blind_; }

    /// When presence would become away if nothing more happened; none while away, blind or while a
    /// physical signal is ongoing.
    [[nodiscard]] std::optional<TimePoint> away_at() const;

    /// What to remember for the next start.
    [[nodiscard]] PresenceRecord record(Now now) const;

    /// When advance() must be called next; none if only a signal can change anything.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

    [[nodiscard]] const std::map<std::string, SourceStatus>& sources() const { return sources_; }

    /// The newest signal of each kind, if there was one.
    [[nodiscard]] std::optional<TimePoint> last_signal(ActivityKind kind) const;

    [[nodiscard]] bool is_locked() const { return locked_at().has_value(); }

    /// A source reports the session as locked, but input went on for so long that it can't be.
    [[nodiscard]] bool is_lock_doubted() const;

    /// When the inhibitors stop counting if nothing else happens; none if there is none.
    [[nodiscard]] std::optional<TimePoint> inhibited_until() const;

   private:
    struct KindState {
        std::optional<TimePoint> last;
        std::set<std::string> ongoing;  ///< Sources whose signal goes on.
        /// Those of which it went on into a suspend: its end, reported after the resume, says nothing about the
        /// present.
        std::set<std::string> stale;
    };

    struct Lock {
        TimePoint at;
        bool doubted = false;
    };

    [[nodiscard]] bool physical_ongoing() const;
    [[nodiscard]] bool passive_ongoing() const;
    /// Passive, and not drawn by a screensaver.
    [[nodiscard]] bool is_passive(ActivityKind kind) const;
    [[nodiscard]] std::optional<TimePoint> locked_at() const;
    void doubt_lock(TimePoint input);
    /// The newest moment that counts, as seen at `now`.
    [[nodiscard]] TimePoint newest(TimePoint now) const;
    [[nodiscard]] std::optional<TimePoint> away_at(TimePoint newest) const;
    void become(PresenceState state, TimePoint at);
    void leave(TimePoint at, TimePoint deaf_until);
    void return_if_physical_ongoing(TimePoint now);

    PresenceSettings settings_;
    std::map<std::string, SourceStatus> sources_;
    std::array<KindState, signal_kinds.size()> kinds_;
    std::set<std::string> inhibitors_;  ///< Sources that told of one.
    TimePoint last_counting_;
    TimePoint last_physical_;
    std::map<std::string, Lock> locks_;     ///< By source.
    std::set<std::string> covers_;          ///< Sources that told of a screensaver in front.
    std::optional<TimePoint> typed_since_;  ///< Since when input goes on although the session is locked.
    TimePoint listening_until_ = TimePoint::min();
    PresenceState underlying_ = PresenceState::active;  ///< Never unknown.
    TimePoint since_;
    /// Input up to here belongs to the leaving itself (the key that was let go); what the person says does not.
    TimePoint deaf_until_;
    bool blind_ = true;
    bool left_ = false;  ///< The person or the machine said so; holds even while blind.
};

}  // namespace doze::core
