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

/// What `doze config` shows.
enum class ConfigQuestion { check, show, registered };

/// A parsed command line, before its values are checked.
struct Arguments {
    Verb verb = Verb::status;

    std::string config_dir;
    std::string state_dir;
    bool json = false;
    ColorMode color = ColorMode::automatic;

    bool dry_run = false;
    std::string log_level = "info";

    std::string kind = "all";  ///< Of `list`: a kind, or all.
    bool fresh = false;
    std::string region;

    std::vector<std::string> targets;
    int count = 0;     ///< Of `scale`.
    bool yes = false;  ///< Of `start`, `stop`, `scale`: do not ask.

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

/// Parses the arguments. On failure or after help, the exit code: help was printed to `out`, errors to `err`. `argv[0]`
/// is the program.
[[nodiscard]] std::variant<Arguments, int> parse_arguments(const std::vector<std::string>& argv, std::ostream& out,
                                                           std::ostream& err);

/// The command line as data, for completions and the manual page. It is made from the parser, so they always agree.
struct OptionHelp {
    std::vector<std::string> names;  ///< "-f", "--follow".
    std::string value;               ///< Its value, such as "REGION"; empty for a flag.
    std::string what;
    std::vector<std::string> choices = {};  ///< The allowed values, if limited.
};

struct PositionalHelp {
    std::string name;  ///< "TARGET"
    std::string what;
    std::vector<std::string> choices = {};  ///< The allowed values, if limited.
    bool required = false;
    bool many = false;
};

struct CommandHelp {
    std::string name;
    std::string group;  ///< The heading above it.
    std::string what;
    std::string examples;
    std::vector<OptionHelp> options;
    std::vector<PositionalHelp> positionals;
    std::vector<CommandHelp> commands;  ///< Subcommands, one of which is required.
};

/// A section about the whole program, such as "Exit codes", and its lines.
struct Chapter {
    std::string title;
    std::string text;
};

struct Grammar {
    CommandHelp program;  ///< Its options are valid for all commands.
    std::vector<Chapter> chapters;
};

[[nodiscard]] Grammar grammar();

}  // namespace doze::cli
