#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/model/time.hpp"

namespace doze::core {

/// The part of the holds that is kept over a restart.
struct HoldRecord {
    /// How much of the snooze was left at `noted_at`. A length, not an end: the wall clock may be set meanwhile.
    std::optional<Duration> snooze_left = std::nullopt;
    WallTime noted_at = {};

    /// `noted_at` on the machine's own clock; none if the machine has been rebooted since.
    std::optional<TimePoint> noted_boot = std::nullopt;

    /// A client held everything awake, or the warning after a hold was running: the next start begins with it.
    bool held = false;

    bool operator==(const HoldRecord&) const = default;
};

/// A client that keeps everything awake while its connection lives.
struct ClientHold {
    std::uint64_t id;
    std::string reason;  ///< In the client's words; one line.
    TimePoint since;
};

/// Reasons not to put anything to sleep for now: at most one snooze, and any number of clients. When the last of them
/// ends, the warning time must pass before anything is put to sleep, as if the person had left at that moment. Holds
/// change neither presence nor what sleeps already. Pure: every call is told when it happens.
class Holds {
   public:
    /// Continues the snooze of `record` with what was left of it, less the time since then by the machine's own clock,
    /// or by the wall clock if the machine was rebooted.
    Holds(const std::optional<HoldRecord>& record, Now now);

    static constexpr Duration shortest_snooze = std::chrono::minutes(1);
    static constexpr Duration longest_snooze = std::chrono::hours(7 * 24);

    /// `warning` is what must pass after the last hold.
    void configure(Duration warning) { warning_ = warning; }

    /// Replaces a snooze that is on.
    void snooze(TimePoint until, Now now);
    /// Ends the snooze; false if none is on.
    bool resume(TimePoint now);
    /// `id` must be new.
    void hold(std::uint64_t id, std::string reason, TimePoint now);
    /// False if there is no such hold.
    bool release(std::uint64_t id, TimePoint now);
    /// The person says that they leave: ends the snooze (true if one was on) and the warning, not the clients' holds.
    bool leave();
    /// The person is there: nothing is counted down.
    void end_warning() { ended_.reset(); }
    /// Time passes. Call at next_deadline(), or at any other time.
    void advance(Now now);

    /// Nothing new is put to sleep: a hold is on, or the warning after it.
    [[nodiscard]] bool is_on() const { return is_held() || ended_; }
    /// A hold is on.
    [[nodiscard]] bool is_held() const { return snooze_ || !clients_.empty(); }

    [[nodiscard]] std::optional<TimePoint> snoozed_until() const;
    [[nodiscard]] const std::vector<ClientHold>& clients() const { return clients_; }

    /// When the warning after the last hold is over; none while a hold is on, or none was.
    [[nodiscard]] std::optional<TimePoint> warned_until() const;

    /// What to remember for the next start.
    [[nodiscard]] HoldRecord record() const;

    /// When advance() must be called next.
    [[nodiscard]] std::optional<TimePoint> next_deadline() const;

   private:
    struct Snooze {
        TimePoint until;
        Now noted;  ///< When what is left of it was noted for the next start.
    };

    /// At most so much of a snooze is counted twice if the machine reboots and its wall clock is set meanwhile.
    static constexpr Duration note_every = std::chrono::minutes(10);

    void end_if_last(TimePoint now);

    std::optional<Snooze> snooze_;
    std::vector<ClientHold> clients_;
    std::optional<TimePoint> ended_;  ///< When the last hold did, as long as the warning runs.
    Duration warning_ = std::chrono::minutes(5);
};

}  // namespace doze::core
