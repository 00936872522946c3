#include "protocol/status_writer.hpp"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>

#include "core/view.hpp"

namespace doze::protocol {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr StatusDepth depths[] = {
    {},
    {.resources = false},
    {.resources = false, .regions = false},
    {.resources = false, .regions = false, .longest = 64},
    {.resources = false, .regions = false, .sources = false, .longest = 64},
};

std::int64_t whole(core::Duration span) {
    return floor<seconds>(std::max(span, core::Duration::zero())).count();
}

class Status {
   public:
    Status(JsonWriter& writer, const commands::StatusReply& status)
        : writer_(writer), status_(status), view_(status.view), now_(status.now) {}

    void write(const StatusDepth& depth) {
        const auto& about = *status_.about;
        writer_.member("version", about.version);
        writer_.member("uptime_seconds", whole(now_.boot - about.started));
        writer_.member("dry_run", view_.settings().dry_run);
        writer_.key("presence");
        write_presence();
        if (depth.sources) {
            write_sources();
            write_last_signals();
        }
        writer_.key("holds");
        write_holds();
        write_journal(status_.journal);
        write_counts();
        if (depth.resources) write_resources();
        if (depth.regions) write_regions();
        if (!(depth.resources && depth.regions && depth.sources)) writer_.member("truncated", true);
    }

    void write_member(std::string_view member) { member == "presence" ? write_presence() : write_holds(); }

   private:
    /// Converts to wall-clock time.
    [[nodiscard]] std::int64_t epoch_seconds(core::TimePoint at) const {
        return floor<seconds>(now_.wall + (at - now_.boot)).time_since_epoch().count();
    }

    void write_presence() {
        const auto& presence = view_.presence();
        const auto lasts = std::max(now_.boot - presence.since(), core::Duration::zero());
        const auto away_at = presence.away_at();
        const auto sleep_at = view_.sleep_at();
        writer_.begin_object();
        writer_.member("state", to_string(presence.state()));
        writer_.member("since", floor<seconds>(now_.wall - lasts).time_since_epoch().count());
        writer_.member("for_seconds", whole(lasts));
        writer_.member("away_in_seconds", away_at ? std::optional(whole(*away_at - now_.boot)) : std::nullopt);
        writer_.member("sleep_in_seconds", sleep_at ? std::optional(whole(*sleep_at - now_.boot)) : std::nullopt);
        writer_.member("locked", presence.is_locked());
        writer_.end_object();
    }

    void write_holds() {
        writer_.begin_array();
        if (const auto until = view_.presence().inhibited_until()) {
            writer_.begin_object();
            writer_.member("kind", std::string_view("inhibitor"));
            writer_.member("why",
                           std::string_view("A program keeps the desktop awake (a presentation, a call, a player)."));
            writer_.member("until", epoch_seconds(*until));
            writer_.end_object();
        }
        if (const auto until = view_.holds().snoozed_until()) {
            writer_.begin_object();
            writer_.member("kind", std::string_view("snooze"));
            writer_.member("why", std::string_view("You asked for everything to stay awake."));
            writer_.member("until", epoch_seconds(*until));
            writer_.end_object();
        }
        for (const auto& client : view_.holds().clients()) {
            writer_.begin_object();
            writer_.member("kind", std::string_view("client"));
            writer_.member("why", client.reason);
            writer_.member("since", epoch_seconds(client.since));
            writer_.end_object();
        }
        if (const auto until = view_.holds().warned_until()) {
            writer_.begin_object();
            writer_.member("kind", std::string_view("warning"));
            writer_.member("why", std::string_view("A hold has just ended."));
            writer_.member("until", epoch_seconds(*until));
            writer_.end_object();
        }
        for (const auto& resource : view_.resources()) {
            if (!resource.busy()) continue;
            writer_.begin_object();
            writer_.member("kind", std::string_view("busy"));
            writer_.member("id", core::to_string(resource.id()));
            writer_.member("why", *resource.busy());
            writer_.end_object();
        }
        writer_.end_array();
    }

    void write_journal(const commands::JournalState& journal) {
        writer_.key("journal");
        writer_.begin_object();
        writer_.member("trouble", journal.trouble);
        writer_.key("notes");
        writer_.begin_array();
        for (const auto& note : journal.notes) writer_.string(note);
        writer_.end_array();
        writer_.end_object();
    }

    void write_sources() {
        writer_.key("sources");
        writer_.begin_array();
        for (const auto& [name, source] : view_.presence().sources()) {
            writer_.begin_object();
            writer_.member("name", name);
            writer_.member("kind", to_string(source.kind));
            writer_.member("state", to_string(source.state));
            writer_.member("detail", source.detail);
            if (source.partial) writer_.member("partial", true);
            if (source.hides) writer_.member("hides", true);
            writer_.end_object();
        }
        writer_.end_array();
    }

    void write_last_signals() {
        writer_.key("last_signals");
        writer_.begin_object();
        for (const auto kind : core::signal_kinds) {
            const auto last = view_.presence().last_signal(kind);
            writer_.member(to_string(kind), last ? std::optional(whole(now_.boot - *last)) : std::nullopt);
        }
        writer_.end_object();
    }

    /// Counts the registered resources; one that was never described is neither asleep nor awake. `asleep` counts those
    /// that doze will wake; what somebody stopped is `stopped`.
    void write_counts() {
        int registered = 0, asleep = 0, stopped = 0, awake = 0, in_transit = 0, guarded = 0, trouble = 0;
        for (const auto& resource : view_.resources()) {
            if (resource.trouble()) ++trouble;
            if (!resource.registration()) continue;
            ++registered;
            const auto* seen = resource.seen();
            if (!seen || seen->phase == core::Phase::gone) continue;
            if (seen->guard) ++guarded;
            const auto phase = seen->phase;
            const bool rests = phase == core::Phase::asleep || phase == core::Phase::awake;
            if (!rests || !seen->settled) {
                ++in_transit;
            } else if (phase == core::Phase::asleep) {
                ++(resource.asleep_by_doze() ? asleep : stopped);
            } else {
                ++awake;
            }
        }
        writer_.key("counts");
        writer_.begin_object();
        writer_.member("registered", registered);
        writer_.member("asleep", asleep);
        writer_.member("stopped", stopped);
        writer_.member("awake", awake);
        writer_.member("in_transit", in_transit);
        writer_.member("guarded", guarded);
        writer_.member("trouble", trouble);
        writer_.end_object();
    }

    void write_size(std::string_view name, const std::optional<core::Size>& size) {
        writer_.key(name);
        if (!size) return writer_.null();
        writer_.begin_object();
        writer_.member("desired", size->desired);
        writer_.member("min", size->min);
        writer_.member("max", size->max);
        writer_.end_object();
    }

    void write_resources() {
        using std::chrono::floor;
        using std::chrono::seconds;
        writer_.key("resources");
        writer_.begin_array();
        for (const auto& resource : view_.resources()) {
            const auto& id = resource.id();
            const auto* seen = resource.seen();
            const auto* entry = resource.entry();
            const auto* registration = resource.registration();
            writer_.begin_object();
            writer_.member("id", core::to_string(id));
            writer_.member("kind", to_string(id.kind));
            writer_.member("region", id.region.str());
            writer_.member("description", registration ? std::optional(registration->description) : std::nullopt);
            writer_.member("registered", registration != nullptr);
            writer_.member("state", seen ? std::optional(seen->state) : std::nullopt);
            writer_.member("phase", seen ? std::optional(to_string(seen->phase)) : std::nullopt);
            writer_.member("step", entry ? std::optional(to_string(entry->sleep_state)) : std::nullopt);
            writer_.member("asleep", resource.asleep_by_doze());
            if (resource.stopped_by_person()) writer_.member("stopped_by_you", true);
            writer_.member("since",
                           entry ? std::optional(floor<seconds>(now_.here(entry->opened_at)).time_since_epoch().count())
                                 : std::nullopt);
            writer_.member("guard", seen && seen->guard ? std::optional(seen->guard->why) : std::nullopt);
            if (resource.would()) writer_.member("would", *resource.would());
            const auto trouble = resource.trouble();
            writer_.member("trouble", trouble ? std::optional(trouble->text()) : std::nullopt);
            write_size("size", seen ? std::optional(seen->size) : std::nullopt);
            write_size("snapshot", entry ? std::optional(entry->snapshot) : std::nullopt);
            writer_.end_object();
        }
        writer_.end_array();
    }

    void write_regions() {
        writer_.key("regions");
        writer_.begin_array();
        std::set<Region> regions;
        for (const auto& [key, cached] : view_.inventory().listings()) regions.insert(key.second);
        for (const auto& region : regions) write_region(region);
        writer_.end_array();
    }

    /// The age of the oldest of the region's lists, and the lists that could not be read.
    void write_region(const Region& region) {
        std::optional<core::Duration> oldest;
        bool all_seen = true;
        for (const auto& [key, cached] : view_.inventory().listings()) {
            if (key.second != region) continue;
            all_seen = all_seen && cached.seen_at;
            if (cached.seen_at) oldest = std::max(oldest.value_or(core::Duration(0)), now_.boot - cached.seen_at->boot);
        }
        writer_.begin_object();
        writer_.member("region", region.str());
        writer_.member("age_seconds", all_seen && oldest ? std::optional(whole(*oldest)) : std::nullopt);
        writer_.end_object();
        for (const auto& [key, cached] : view_.inventory().listings()) {
            if (key.second != region || !cached.trouble) continue;
            writer_.begin_object();
            writer_.member("region", key.second.str());
            writer_.member("kind", to_string(key.first));
            writer_.member("age_seconds",
                           cached.seen_at ? std::optional(whole(now_.boot - cached.seen_at->boot)) : std::nullopt);
            writer_.member("error", cached.trouble->text());
            writer_.end_object();
        }
    }

    JsonWriter& writer_;
    const commands::StatusReply& status_;
    core::SystemView view_;
    core::Now now_;
};

}  // namespace

std::span<const StatusDepth> status_depths() {
    return depths;
}

void write_status(JsonWriter& writer, const commands::StatusReply& status, const StatusDepth& depth) {
    Status(writer, status).write(depth);
}

void write_status_member(JsonWriter& writer, const commands::StatusReply& status, std::string_view member) {
    Status(writer, status).write_member(member);
}

}  // namespace doze::protocol
