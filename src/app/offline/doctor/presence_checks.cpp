#include "app/offline/doctor/presence_checks.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/activity/x11/x11_environment.hpp"
#include "adapters/aws/credentials/process.hpp"

namespace doze::doctor {

namespace asio = boost::asio;
using core::SourceState;

namespace {

constexpr std::string_view what_works_blind =
    "Start doze within the graphical session (DISPLAY or WAYLAND_DISPLAY set); `doze away` and `doze back` work "
    "without "
    "seeing.";

/// Connecting to a remote display may take as long as TCP does, and would block everything.
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

AutostartFacts autostart_facts(const Environment& environment) {
    namespace fs = std::filesystem;
    const auto home = environment("HOME");
    const auto named = environment("XDG_CONFIG_HOME");
    const auto folder = named ? fs::path(*named) : fs::path(home.value_or("")) / ".config";
    std::error_code ignored;
    const auto link = folder / "systemd/user/graphical-session.target.wants/doze.service";
    return {.is_enabled = fs::symlink_status(link, ignored).type() == fs::file_type::symlink,
            .is_graphical = environment("DISPLAY") || environment("WAYLAND_DISPLAY")};
}

boost::asio::awaitable<void> examine(AutostartFacts& facts) {
    if (!facts.is_enabled) co_return;
    std::vector<std::string> words = {"systemctl", "--user", "show", "--property=ActiveState", "--value"};
    words.emplace_back("graphical-session.target");
    const auto said = co_await aws::run_program(std::move(words), std::chrono::seconds(5));
    if (said) facts.target = std::string(said->view().substr(0, said->view().find('\n')));
}

std::optional<Finding> judge_autostart(const AutostartFacts& facts) {
    if (!facts.is_enabled || facts.target.empty() || facts.target == "active") return std::nullopt;
    Finding finding{.area = "presence", .what = "start", .grade = Grade::warn};
    if (facts.is_graphical) {
        finding.finding =
            "doze.service is enabled, but this desktop does not reach graphical-session.target: no log-in "
            "starts it";
        finding.fix =
            "Let your window manager start it, in sway or i3: `exec systemctl --user start doze` "
            "(docs/desktop.md has others).";
    } else {
        finding.finding = "doze.service is enabled for desktops, and none is here: no log-in starts it";
        finding.fix =
            "`systemctl --user add-wants default.target doze`, and `loginctl enable-linger` to keep it after "
            "you log out.";
    }
    return finding;
}

}  // namespace doze::doctor
