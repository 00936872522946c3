#include "cli/cli.hpp"

#include <iostream>
#include <unistd.h>

#include "base/version.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/completion.hpp"
#include "cli/console.hpp"
#include "cli/hold.hpp"
#include "cli/manual.hpp"
#include "cli/terminal.hpp"
#include "cli/watch.hpp"

namespace doze::cli {

int run(const std::vector<std::string>& argv, const Console& console, const InProcessCommands& in_process) {
    const auto parsed = parse_arguments(argv, console.out, console.err);
    if (const auto* code = std::get_if<int>(&parsed)) return *code;
    const auto& arguments = std::get<Arguments>(parsed);

    if (arguments.verb == Verb::completion) {
        console.out << (arguments.shell == "bash"  ? bash_completion(grammar())
                        : arguments.shell == "zsh" ? zsh_completion(grammar())
                                                   : fish_completion(grammar()));
        return success;
    }
    if (arguments.verb == Verb::man) {
        console.out << manual_page(grammar(), version());
        return success;
    }

    const auto config = config_dir(arguments.config_dir, console.environment);
    const auto state = state_dir(arguments.state_dir, console.environment);
    for (const auto* place : {&config, &state}) {
        if (*place) continue;
        console.err << "error: " << clean(place->error().text()) << '\n';
        return failed;
    }
    if (arguments.verb == Verb::run) {
        return in_process.run({.config_dir = *config,
                               .state_dir = *state,
                               .dry_run = arguments.dry_run,
                               .log_level = arguments.log_level});
    }
    if (arguments.verb == Verb::auth) {
        return in_process.auth({.action = arguments.auth_action,
                                .profile = arguments.profile,
                                .json = arguments.json,
                                .config_dir = *config},
                               console);
    }
    if (arguments.verb == Verb::doctor) {
        return in_process.doctor({.config_dir = *config,
                                  .state_dir = *state,
                                  .within = std::chrono::seconds(arguments.within),
                                  .json = arguments.json,
                                  .color = wants_color(arguments, console)},
                                 console);
    }
    if (arguments.verb == Verb::iam_policy) {
        return in_process.iam_policy(
            {.config_dir = *config, .profile = arguments.profile, .all = arguments.all, .explain = arguments.explain},
            console);
    }
    if (arguments.verb == Verb::config) {
        const InspectOptions options{.config_dir = *config,
                                     .state_dir = *state,
                                     .config_option = arguments.config_dir,
                                     .state_option = arguments.state_dir,
                                     .json = arguments.json,
                                     .color = wants_color(arguments, console)};
        switch (arguments.config_question) {
            case ConfigQuestion::check: return in_process.check_config(options, console);
            case ConfigQuestion::show: return in_process.show_config(options, console);
            case ConfigQuestion::registered: return in_process.show_registered(options, console);
        }
    }
    if (arguments.verb == Verb::init) {
        return in_process.init({.config_dir = *config, .state_dir = *state, .color = wants_color(arguments, console)},
                               console);
    }
    if (arguments.verb == Verb::logs) {
        return in_process.logs({.state_dir = *state,
                                .lines = static_cast<std::size_t>(arguments.lines),
                                .follow = arguments.follow,
                                .json = arguments.json,
                                .color = wants_color(arguments, console)},
                               console);
    }
    if (arguments.verb == Verb::watch) return watch(arguments, control_socket(*state), console);
    if (arguments.verb == Verb::hold) return run_held(arguments.words, control_socket(*state), console);
    return run_client(arguments, control_socket(*state), console);
}

int run_command_line(int argc, char** argv, const InProcessCommands& in_process) {
    const bool asks = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDERR_FILENO) == 1;
    const Console console{.out = std::cout,
                          .err = std::cerr,
                          .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
                          .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
                          .environment = process_environment(),
                          .answers = asks ? &std::cin : nullptr};
    const int code = run({argv, argv + argc}, console, in_process);
    std::cout.flush();
    if (std::cout.good() || code != success) return code;
    std::cerr << "error: The output could not be written.\n";  // A full disk, for example.
    return failed;
}

}  // namespace doze::cli
