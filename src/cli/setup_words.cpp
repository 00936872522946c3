// Words about doze itself: running it, its credentials and what it needs.
#include <string>
#include <tuple>

#include "cli/words.hpp"

namespace doze::cli {
namespace {

void add_run(Words& words) {
    auto& given = words.given;
    auto* run = words.add(Verb::run, "run", "Run doze in the foreground",
                          "  doze run\n"
                          "  doze run --dry-run       decides and shows everything, changes nothing\n");
    run->add_flag("--dry-run", given.dry_run, "Decide and show everything, change nothing");
    words.restrict(run->add_option("--log-level", given.log_level, "debug, info, warning or error")->type_name("LEVEL"),
                   {"debug", "info", "warning", "error"});
}

void add_auth(Words& words) {
    auto& given = words.given;
    auto* auth = words.add(Verb::auth, "auth", "Show, set or forget the AWS credentials of doze",
                           "  doze auth status             which credentials doze uses, and what AWS takes them for\n"
                           "  doze auth set                asks for a key pair and keeps it in the desktop's keyring\n"
                           "  doze auth set < keys.txt     the access key ID and the secret, a line each\n"
                           "  doze auth forget             takes it away again\n");
    auth->require_subcommand(1);
    using enum AuthOptions::Action;
    for (const auto& [action, name, what] :
         {std::tuple(status, "status", "Show which credentials doze uses; exit code 1 if AWS takes none"),
          std::tuple(set, "set", "Check a key pair with AWS and keep it"),
          std::tuple(forget, "forget", "Take away the key pair that `doze auth set` kept")}) {
        auto* command = auth->add_subcommand(name, what);
        command->fallthrough();
        command->callback([&given, chosen = action] { given.auth_action = chosen; });
        command->add_option("--profile", given.profile, "Of this profile of ~/.aws instead of the one that doze uses")
            ->type_name("NAME");
    }
}

void add_iam_policy(Words& words) {
    auto& given = words.given;
    auto* policy = words.add(Verb::iam_policy, "iam-policy", "Print the least IAM policy for what is registered",
                             "  doze iam-policy > policy.json\n"
                             "  doze iam-policy --profile work    for what the profile work reaches\n"
                             "  doze iam-policy --all             for any resource of any kind\n"
                             "  doze iam-policy --explain         says on stderr what each action is for\n");
    policy->add_option("--profile", given.profile, "For what is registered with this profile of ~/.aws")
        ->type_name("NAME");
    policy->add_flag("--all", given.all, "For any resource of any kind, so that more can be registered");
    policy->add_flag("--explain", given.explain, "Say what each action is for, even where stderr is no terminal");
}

void add_config(Words& words) {
    auto& given = words.given;
    auto* config = words.add(Verb::config, "config", "Check the configuration, or show where each value comes from",
                             "  doze config check        each problem with file and line; exit code 1 if there is one\n"
                             "  doze config show\n"
                             "  doze config registered   what services.yaml registers, one a line; doze need not run\n"
                             "  doze config show --json | jq '.settings[] | select(.origin != \"default\")'\n");
    config->require_subcommand(1);
    for (const auto& [question, name, what] :
         {std::tuple(ConfigQuestion::check, "check", "Show all that is wrong with settings.json and services.yaml"),
          std::tuple(ConfigQuestion::show, "show", "Show every setting, its value and where it comes from"),
          std::tuple(ConfigQuestion::registered, "registered", "Print what services.yaml registers, one a line")}) {
        auto* command = config->add_subcommand(name, what);
        command->fallthrough();
        command->callback([&given, chosen = question] { given.config_question = chosen; });
    }
}

void add_logs(Words& words) {
    auto& given = words.given;
    auto* logs = words.add(Verb::logs, "logs", "Show the log",
                           "  doze logs -f             goes on with what comes, until Ctrl-C\n"
                           "  doze logs -n 1000 | grep aws\n");
    logs->add_flag("-f,--follow", given.follow, "Go on with what comes");
    logs->add_option("-n,--lines", given.lines, "How many of the last lines (50)")
        ->type_name("N")
        ->check(CLI::Range(0, 10'000'000).description(""));
}

void add_texts(Words& words) {
    auto& given = words.given;
    auto* completion = words.add(Verb::completion, "completion", "Print the script by which a shell completes doze",
                                 "  source <(doze completion bash)    in ~/.bashrc\n"
                                 "  source <(doze completion zsh)     in ~/.zshrc, after compinit\n"
                                 "  doze completion fish | source     in ~/.config/fish/config.fish\n");
    words.restrict(completion->add_option("SHELL", given.shell, "bash, zsh or fish")->required()->type_name(""),
                   {"bash", "zsh", "fish"});
    words.add(Verb::man, "man", "Print the manual page", "  doze man | man -l -\n");
    auto* targets = words.add(Verb::targets, "targets", "Print what the scripts of `doze completion` offer", "");
    targets->group("");  // Not in the help.
    words.restrict(targets->add_option("WHICH", given.which, "registered or unregistered")->required()->type_name(""),
                   {"registered", "unregistered"});
}

}  // namespace

void add_setup_words(Words& words) {
    words.begin_group("Setting up and running");
    words.add(Verb::init, "init", "Set doze up: asks for credentials, regions and what to register, and tries it",
              "  doze init                asks; writes nothing before the last yes\n"
              "  doze init < answers.txt  an answer on each line\n");
    add_run(words);
    add_auth(words);
    words.add(Verb::doctor, "doctor", "Check everything doze needs, and say how to mend what is wrong",
              "  doze doctor              exit code 1 if something failed\n"
              "  doze doctor --json | jq '.findings[] | select(.state == \"fail\")'\n");
    add_iam_policy(words);
    add_config(words);
    add_logs(words);
    add_texts(words);
    words.add(Verb::version, "version", "Print the version", "  doze version --json\n");
}

}  // namespace doze::cli
