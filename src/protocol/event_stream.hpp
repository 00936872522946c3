#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <set>

#include "commands/host.hpp"
#include "commands/stream_event.hpp"
#include "core/presence/activity.hpp"
#include "core/presence/presence.hpp"
#include "core/view.hpp"
#include "protocol/changed_items.hpp"

namespace doze::protocol {

/// Sends events to the listeners, as messages of docs/protocol.md ("Events"): activities, presence, the countdown
/// before a sleep, and resources whose state changed. Needs no deadline while nobody listens. Loop's thread only.
class EventStream {
   public:
    /// A listener receives each event once, however often it subscribes. It leaves by its destruction.
    void subscribe(std::weak_ptr<commands::EventSink> listener);

    void on_signal(const core::ActivitySignal& signal) { throttle_.on_signal(signal); }
    void on_source(const core::SourceStatus& status) { throttle_.on_source(status); }

    /// Sends events that are due. Call after each change, and at next_deadline().
    void advance(const core::SystemView& view, core::Now now);

    [[nodiscard]] std::size_t listeners() const { return listeners_.size(); }

    /// As of the last advance().
    [[nodiscard]] std::optional<core::TimePoint> next_deadline() const;

   private:
    void tell_activities(core::Now now);
    void tell_presence(const core::Presence& presence, core::Now now);
    void tell_timer(const core::SystemView& view, core::Now now);
    void tell_countdown(const core::SystemView& view, core::Now now);
    void tell_changes(const core::SystemView& view, core::Now now);
    void tell_list(commands::ListChanged event, core::WallTime at);

    using Listeners = std::set<std::weak_ptr<commands::EventSink>, std::owner_less<>>;

    void tell(const commands::StreamEvent& event, core::WallTime at);  ///< To all listeners.
    static void tell(Listeners& listeners, const commands::StreamEvent& event, core::WallTime at);

    [[nodiscard]] bool nobody_listens() const;

    Listeners listeners_;    ///< May contain expired ones, which telling and subscribing remove.
    std::size_t many_ = 64;  ///< Number from which a search for expired ones pays.
    Listeners timers_;       ///< Those that want the timer.
    core::ActivityThrottle throttle_;
    std::optional<core::TimePoint> next_timer_;  ///< Set while a listener wants it.
    std::optional<core::PresenceState> timed_presence_;
    std::optional<core::TimePoint> next_tick_;  ///< Set during a countdown.
    core::Duration whole_countdown_{};
    std::optional<core::PresenceState> told_presence_;
    ChangedItems changed_items_;
    std::optional<core::TimePoint> next_comparison_;  ///< Set while something may have changed.
};

}  // namespace doze::protocol
