#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <variant>
#include <vector>

#include "cli/cli.hpp"

namespace doze::cli {

enum class Verb {
    run,
    status,
    watch,
    list,
    start,
    stop,
    scale,
    add,
    remove,
    registered,
    away,
    back,
    snooze,
    resume,
    hold,
    history,
    events,
    auth,
    doctor,
    iam_policy,
    config,
    init,
    logs,
    completion,
    man,
    targets,
    version
};

enum class ColorMode { automatic, always, never };

/// What `doze config` is asked.
enum class ConfigQuestion { check, show, registered };

/// A command line, taken apart but not yet looked into.
struct Arguments {
    Verb verb = Verb::status;

    std::string config_dir;
    std::string state_dir;
    bool json = false;
    ColorMode color = ColorMode::automatic;

    bool dry_run = false;
    std::string log_level = "info";

    std::string kind = "all";  ///< Of `list`: the word of a kind, or all.
    bool fresh = false;
    std::string region;

    std::vector<std::string> targets;
    int count = 0;     ///< Of `scale`.
    bool yes = false;  ///< Of `start`, `stop`, `scale`: asks nothing.

    std::vector<std::string> words;  ///< Of `snooze`: the time; of `hold`: the command.
    std::string since;               ///< Of `history`.
    std::optional<int> limit;

    std::string description;
    std::optional<int> desired_size;
    bool force = false;
    bool hibernate = false;
    std::optional<int> busy_cpu_percent;

    AuthOptions::Action auth_action = AuthOptions::Action::status;
    std::string profile;  ///< Of `register`, `auth` and `iam-policy`.

    ConfigQuestion config_question = ConfigQuestion::show;

    std::string shell;  ///< Of `completion`.
    std::string which;  ///< Of `targets`.

    int lines = 50;  ///< Of `logs`.
    bool follow = false;

    bool all = false;  ///< Of `iam-policy`.
    bool explain = false;
};

/// The arguments, or the exit code after help was printed to `out` or what is wrong to `err`. `argv[0]`
/// is the program.
[[nodiscard]] std::variant<Arguments, int> parse_arguments(const std::vector<std::string>& argv, std::ostream& out,
                                                           std::ostream& err);

}  // namespace doze::cli
