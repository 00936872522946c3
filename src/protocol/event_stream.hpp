#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "commands/host.hpp"
#include "core/model/kinds.hpp"
#include "core/presence/activity.hpp"
#include "core/presence/presence.hpp"
#include "core/view.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// Finds the list items that changed since the last comparison. Keeps 16 bytes of each.
class ChangedItems {
   public:
    /// Whether anything has happened since the last comparison.
    [[nodiscard]] bool may_have_changed(const core::SystemView& view) const { return revision_ != view.revision(); }
    /// Whether there was a comparison yet.
    [[nodiscard]] bool knows_any() const { return revision_.has_value(); }
    /// The number of items at that time.
    [[nodiscard]] std::size_t size() const { return known_.size(); }
    void forget();

    using Write = std::function<void(JsonWriter&)>;
    struct Tell {
        /// Called for each changed item with the event's type ("AWS_ECS_UPDATE") and the writer of its content, an
        /// array as in the lists. New items, as all are at first, are only remembered.
        std::function<void(std::string_view type, const Write&)> item;

        /// Called once for a kind whose events contain the whole list, with the names of changed items, and of new ones
        /// if the list was not empty; no names if items only disappeared.
        std::function<void(const core::KindInfo&, const std::vector<std::string>& changed)> list;
    };
    void compare(const core::SystemView& view, const Tell& tell);

   private:
    using Known = std::unordered_map<std::size_t, std::size_t>;  ///< Hash of an item's name to the hash of its content.

    void compare_items(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell, Known& now) const;
    void compare_list(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell, Known& now);

    std::optional<std::uint64_t> revision_;
    Known known_;
    std::map<core::Kind, std::size_t> lengths_;  ///< Lengths of lists whose events contain the whole list.
};

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
    void tell_list(const core::SystemView& view, const core::KindInfo& kind, const std::vector<std::string>& changed,
                   core::WallTime at);

    using Listeners = std::set<std::weak_ptr<commands::EventSink>, std::owner_less<>>;

    template <class Write>
    void tell(std::string_view type, core::WallTime at, Write write);  ///< To all listeners.
    template <class Write>
    static void tell(Listeners& listeners, std::string_view type, core::WallTime at, Write write);

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
