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

    int within = 10;  ///< Of `doctor`: seconds.

    bool all = false;  ///< Of `iam-policy`.
    bool explain = false;
};

/// The arguments, or the exit code after help was printed to `out` or what is wrong to `err`. `argv[0]`
/// is the program.
[[nodiscard]] std::variant<Arguments, int> parse_arguments(const std::vector<std::string>& argv, std::ostream& out,
                                                           std::ostream& err);

/// The command line as data, for completions and the manual page: made from what parses it, so that they say the same.
struct OptionHelp {
    std::vector<std::string> names;  ///< "-f", "--follow".
    std::string value;               ///< What it takes, such as "REGION"; empty for a flag.
    std::string what;
    std::vector<std::string> choices = {};  ///< The values that it takes, if it takes only these.
};

struct PositionalHelp {
    std::string name;  ///< "TARGET"
    std::string what;
    std::vector<std::string> choices = {};  ///< As above.
    bool required = false;
    bool many = false;
};

struct CommandHelp {
    std::string name;
    std::string group;  ///< The heading that it stands under.
    std::string what;
    std::string examples;
    std::vector<OptionHelp> options;
    std::vector<PositionalHelp> positionals;
    std::vector<CommandHelp> commands;  ///< Words that must follow.
};

/// A word about the whole of the program, such as "Exit codes", and the lines below it.
struct Chapter {
    std::string title;
    std::string text;
};

struct Grammar {
    CommandHelp program;  ///< Its options go with all commands.
    std::vector<Chapter> chapters;
};

[[nodiscard]] Grammar grammar();

}  // namespace doze::cli
