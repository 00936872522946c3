#include "app/offline/doctor/autostart.hpp"

#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/aws/credentials/process.hpp"

namespace doze::doctor {

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
