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

/// Finds the items of the lists that read differently than at the last comparison. Keeps 16 bytes of each.
class ChangedItems {
   public:
    /// Something has happened since the last comparison.
    [[nodiscard]] bool may_have_changed(const core::SystemView& view) const { return revision_ != view.revision(); }
    /// There was one.
    [[nodiscard]] bool knows_any() const { return revision_.has_value(); }
    /// How many items were there.
    [[nodiscard]] std::size_t size() const { return known_.size(); }
    void forget();

    using Write = std::function<void(JsonWriter&)>;
    struct Tell {
        /// With the event's type ("AWS_ECS_UPDATE") and what writes its content, an array as in the lists, for each
        /// item that changed. Items that are new, as all are at first, are only remembered.
        std::function<void(std::string_view type, const Write&)> item;

        /// Once for a kind whose lists are told whole, with the names of those that changed, or are new in a list that
        /// was not empty; none where some are only gone.
        std::function<void(const core::KindInfo&, const std::vector<std::string>& changed)> list;
    };
    void compare(const core::SystemView& view, const Tell& tell);

   private:
    using Known =
        std::unordered_map<std::size_t, std::size_t>;  ///< Hash of an item's name to that of what is said of it.

    void compare_items(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell, Known& now) const;
    void compare_list(const core::SystemView& view, const core::KindInfo& kind, const Tell& tell, Known& now);

    std::optional<std::uint64_t> revision_;
    Known known_;
    std::map<core::Kind, std::size_t> lengths_;  ///< Of the lists that are told whole.
};

/// Tells the listeners what happens, as messages of docs/protocol.md ("Events"): activities, presence, the countdown
/// before a sleep, and resources whose state changed. Wants no time while nobody listens. Lives on the loop's thread.
class EventStream {
   public:
    /// One listener hears each event once, however often it subscribes. It leaves by its end.
    void subscribe(std::weak_ptr<commands::EventSink> listener);

    void on_signal(const core::ActivitySignal& signal) { throttle_.on_signal(signal); }
    void on_source(const core::SourceStatus& status) { throttle_.on_source(status); }

    /// Tells what is due. Call after each change, and at next_deadline().
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
    void tell(std::string_view type, core::WallTime at, Write write);  ///< To all.
    template <class Write>
    static void tell(Listeners& listeners, std::string_view type, core::WallTime at, Write write);

    [[nodiscard]] bool nobody_listens() const;

    Listeners listeners_;    ///< Some may have left; telling and subscribing forget those.
    std::size_t many_ = 64;  ///< From here on it pays to look who has left.
    Listeners timers_;       ///< Those of them who want the timer.
    core::ActivityThrottle throttle_;
    std::optional<core::TimePoint> next_timer_;  ///< There while somebody wants it.
    std::optional<core::PresenceState> timed_presence_;
    std::optional<core::TimePoint> next_tick_;  ///< There while it counts down.
    core::Duration whole_countdown_{};
    std::optional<core::PresenceState> told_presence_;
    ChangedItems changed_items_;
    std::optional<core::TimePoint> next_comparison_;  ///< There while something may have changed.
};

}  // namespace doze::protocol
