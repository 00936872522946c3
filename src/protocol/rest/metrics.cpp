#include "protocol/rest/metrics.hpp"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <initializer_list>
#include <map>
#include <utility>

#include "base/text.hpp"
#include "core/model/kinds.hpp"

namespace doze::rest {
namespace {

using core::Phase;
using core::PresenceState;

/// Escapes a label's value, so that it can't end the label or the line.
std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : printable_lines(text)) {
        if (c == '\n') {
            out += "\\n";
        } else {
            if (c == '"' || c == '\\') out += '\\';
            out += c;
        }
    }
    return out;
}

class Text {
   public:
    void begin(std::string_view name, std::string_view type, std::string_view help) {
        name_ = name;
        fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    }

    using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;
    template <class Number>
    void add(Labels labels, Number value) {
        out_ += name_;
        char before = '{';
        for (const auto& [label, text] : labels) {
            fmt::format_to(std::back_inserter(out_), "{}{}=\"{}\"", before, label, escaped(text));
            before = ',';
        }
        if (before == ',') out_ += '}';
        fmt::format_to(std::back_inserter(out_), " {}\n", value);
    }

    template <class Number>
    void single(std::string_view name, std::string_view type, std::string_view help, Number value) {
        begin(name, type, help);
        add({}, value);
    }

    std::string take() && { return std::move(out_); }

   private:
    std::string out_;
    std::string_view name_;
};

double seconds(core::Duration span) {
    return std::chrono::duration<double>(span).count();
}

void write_presence(Text& text, const core::SystemView& view, core::Now now) {
    text.begin("doze_presence", "gauge", "1 for the state that the person is in.");
    for (const auto one : {PresenceState::unknown, PresenceState::active, PresenceState::idle, PresenceState::away})
        text.add({{"state", core::to_string(one)}}, view.presence().state() == one ? 1 : 0);
    text.single("doze_presence_since_seconds", "gauge", "How long the person has been in that state.",
                seconds(std::max(now.boot - view.presence().since(), core::Duration::zero())));
    text.begin("doze_source_running", "gauge", "1 for each source of signals that runs.");
    for (const auto& [name, source] : view.presence().sources())
        text.add({{"source", name}, {"kind", core::to_string(source.kind)}},
                 source.state == core::SourceState::running ? 1 : 0);
    text.begin("doze_holds", "gauge", "What keeps everything awake for now, by kind.");
    text.add({{"kind", "snooze"}}, view.holds().snoozed_until() ? 1 : 0);
    text.add({{"kind", "client"}}, view.holds().clients().size());
    text.add({{"kind", "warning"}}, view.holds().warned_until() ? 1 : 0);
    text.add({{"kind", "inhibitor"}}, view.presence().inhibited_until() ? 1 : 0);
}

void write_resources(Text& text, const core::SystemView& view) {
    constexpr Phase phases[] = {Phase::awake,  Phase::falling_asleep, Phase::asleep,
                                Phase::waking, Phase::changing,       Phase::gone};
    std::map<std::pair<core::Kind, Phase>, int> counts;
    std::map<core::Kind, int> asleep, trouble;
    for (const auto& resource : view.resources()) {
        if (resource.registration() && resource.seen()) ++counts[{resource.id().kind, resource.seen()->phase}];
        if (resource.asleep_by_doze()) ++asleep[resource.id().kind];
        if (resource.trouble()) ++trouble[resource.id().kind];
    }
    text.begin("doze_registered_resources", "gauge",
               "Registered resources by kind and by what they were last seen in.");
    for (const auto& kind : core::kinds())
        for (const auto phase : phases)
            text.add({{"kind", kind.word}, {"phase", core::to_string(phase)}}, counts[{kind.kind, phase}]);
    text.begin("doze_asleep_resources", "gauge", "Resources that doze put to sleep, and owes a wake.");
    for (const auto& kind : core::kinds()) text.add({{"kind", kind.word}}, asleep[kind.kind]);
    text.begin("doze_trouble_resources", "gauge", "Resources whose newest description or call failed.");
    for (const auto& kind : core::kinds()) text.add({{"kind", kind.word}}, trouble[kind.kind]);
}

void write_calls(Text& text, const commands::Counters& tally) {
    using Calls = commands::Counters::Calls;
    struct Counter {
        std::string_view name;
        std::string_view help;
        std::uint64_t Calls::*count;
    };
    constexpr Counter counters[] = {
        {"doze_sleeps_total", "Resources that AWS was asked to put to sleep.", &Calls::sleeps},
        {"doze_wakes_total", "Resources that AWS was asked to wake.", &Calls::wakes},
        {"doze_call_failures_total", "Of both, those that failed.", &Calls::failures}};
    for (const auto& [name, help, count] : counters) {
        text.begin(name, "counter", help);
        for (const auto& kind : core::kinds()) {
            const auto calls = tally.calls.find(kind.kind);
            text.add({{"kind", kind.word}}, calls == tally.calls.end() ? 0 : calls->second.*count);
        }
    }
}

void write_regions(Text& text, const core::SystemView& view, core::Now now) {
    text.begin("doze_inventory_age_seconds", "gauge", "How old each list is, where somebody asked for it.");
    for (const auto& [key, cached] : view.inventory().listings())
        if (cached.seen_at)
            text.add({{"kind", core::to_string(key.first)}, {"region", key.second.str()}},
                     seconds(now.boot - cached.seen_at->boot));
    text.begin("doze_inventory_failed", "gauge", "1 for each list whose newest reading failed.");
    for (const auto& [key, cached] : view.inventory().listings())
        text.add({{"kind", core::to_string(key.first)}, {"region", key.second.str()}}, cached.trouble ? 1 : 0);
}

}  // namespace

std::string metrics(const commands::Host& host, const commands::ProgramInfo& about) {
    const auto view = host.view();
    const auto now = host.now();
    Text text;
    text.begin("doze_build_info", "gauge", "1, with the version of doze.");
    text.add({{"version", about.version}}, 1);
    text.single("doze_uptime_seconds", "gauge", "How long doze has been running.", seconds(now.boot - about.started));
    text.single("doze_dry_run", "gauge", "1 if doze only shows what it would do.", view.settings().dry_run ? 1 : 0);
    text.single("doze_event_connections", "gauge", "Connections that hear events.", host.tally().listeners);
    write_presence(text, view, now);
    write_resources(text, view);
    write_calls(text, host.tally());
    write_regions(text, view, now);
    return std::move(text).take();
}

}  // namespace doze::rest
