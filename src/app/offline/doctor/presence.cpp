#include "app/offline/doctor/presence.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "adapters/activity/x11/x11_environment.hpp"

namespace doze::doctor {

namespace asio = boost::asio;
using core::SourceState;

namespace {

constexpr std::string_view what_works_blind =
    "Start doze within the graphical session (DISPLAY or WAYLAND_DISPLAY set); `doze away` and `doze back` work "
    "without "
    "seeing.";

/// A connection to another host may take as long as TCP does, and would hold everything up.
bool is_on_this_machine(std::string_view display) {
    return display.empty() || display.starts_with(':') || display.starts_with('/') || display.starts_with("unix") ||
           display.starts_with("localhost:") || display.starts_with("127.");
}

}  // namespace

SourceTrial::SourceTrial(asio::io_context& loop, const ports::Clock& clock, const ports::SourceSettings& settings)
    : all_said_(loop.get_executor()), sources_(loop, clock, settings) {}

asio::awaitable<void> SourceTrial::run() {
    if (!is_on_this_machine(activity::X11Environment::of_process().display)) co_return;
    sources_.start({.signal = {}, .status = [this](const core::SourceStatus& status) { take(status); }});
    co_await all_said_.wait();
}

void SourceTrial::take(const core::SourceStatus& status) {
    const auto known = std::ranges::find(statuses_, status.name, &core::SourceStatus::name);
    if (known == statuses_.end())
        statuses_.push_back(status);
    else
        *known = status;
    if (sources_.have_settled()) all_said_.set();
}

Finding judge_desktop(const Environment& environment) {
    const auto get = [&](const char* name) { return environment(name).value_or(""); };
    Finding finding{.area = "presence", .what = "desktop"};
    std::string type = get("XDG_SESSION_TYPE");
    if (type.empty()) type = !get("WAYLAND_DISPLAY").empty() ? "wayland" : get("DISPLAY").empty() ? "" : "x11";
    const auto desktop = get("XDG_CURRENT_DESKTOP");
    if (type.empty() || type == "tty") {
        finding.grade = Grade::note;
        finding.finding = type.empty() ? "no graphical session" : "a text console";
        finding.fix = what_works_blind;
        return finding;
    }
    finding.finding = type;
    if (!desktop.empty()) finding.finding += fmt::format(", desktop {}", desktop);
    if (const auto display = get("DISPLAY"); !display.empty()) finding.finding += fmt::format(", DISPLAY {}", display);
    return finding;
}

Findings judge_sources(std::span<const core::SourceStatus> sources) {
    const bool hides = std::ranges::any_of(sources, [](const auto& source) { return source.hides; });
    const bool sees = !hides && std::ranges::any_of(sources, core::tells_absence);
    Findings findings;
    for (const auto& source : sources) {
        Finding finding{.area = "presence", .what = source.name};
        switch (source.state) {
            case SourceState::running:
                finding.finding = source.detail.empty() ? "running" : "running; " + source.detail;
                break;
            case SourceState::standby: finding.finding = "stands by: a better source runs"; break;
            case SourceState::disabled: finding.finding = "switched off in settings.json"; break;
            case SourceState::starting:
                finding.grade = Grade::warn;
                finding.finding = "did not say in time whether it can run";
                finding.fix = what_works_blind;
                break;
            case SourceState::unavailable:
                finding.finding = source.detail;
                if (source.hides) {
                    finding.grade = Grade::fail;
                    finding.fix = "Until then doze can't tell that nobody is there, and puts nothing to sleep.";
                } else if (!core::is_input(source.kind) || source.partial) {
                    finding.grade = Grade::note;
                    finding.fix = "doze works without it; it counts once it runs.";
                } else if (!sees) {
                    finding.grade = Grade::fail;
                    finding.fix = what_works_blind;
                }
                break;
        }
        findings.push_back(std::move(finding));
    }
    const bool told = std::ranges::any_of(findings, [](const auto& one) { return one.grade == Grade::fail; });
    if (!sees && !told) {
        findings.push_back({.area = "presence",
                            .what = "keyboard, pointer",
                            .grade = Grade::fail,
                            .finding = "doze is blind: nothing tells it of them, so it puts nothing to sleep",
                            .fix = std::string(what_works_blind)});
    }
    return findings;
}

}  // namespace doze::doctor
