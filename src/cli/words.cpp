// The words of the command line, by subject: the person, what keeps awake, resources, doze itself.
#include "cli/words.hpp"

#include <string>
#include <tuple>
#include <vector>

#include "core/model/kinds.hpp"

namespace doze::cli {

CLI::App* Words::add(Verb verb, const char* name, const char* what, const char* examples_given) {
    auto* command = app_.add_subcommand(name, what);
    command->group(group_);
    command->fallthrough();
    examples[command] = examples_given;
    command->footer(std::string("Examples:\n") + examples_given +
                    "\nOptions for all commands, such as --json: `doze --help`");
    command->callback([&verb_given = given.verb, verb] { verb_given = verb; });
    return command;
}

void Words::restrict(CLI::Option* option, const std::vector<std::string>& values) {
    option->check(CLI::IsMember(values).description(""));
    choices[option] = values;
}

void Words::add_region(CLI::App* command, const char* what) {
    command->add_option("--region", given.region, what)->type_name("REGION");
}

void Words::add_targets(CLI::App* command) {
    command->add_option("TARGET", given.targets, target_help)->required()->type_name("");
    add_region(command, "The region of the targets");
}

void Words::add_target(CLI::App* command, const char* name, const char* what) {
    command
        ->add_option_function<std::string>(
            name, [&targets = given.targets](const std::string& one) { targets = {one}; }, what)
        ->required()
        ->type_name("");
    add_region(command, "The region of the target");
}

void add_presence_words(Words& words) {
    words.begin_group("You and doze");
    words.add(Verb::status, "status", "Show presence, signal sources and registered resources",
              "  doze status\n"
              "  doze status --json | jq .presence.state\n");
    words.add(Verb::watch, "watch", "Show all of that on the whole terminal, as it changes",
              "  doze watch               q or Ctrl-C leaves\n");
    words.add(Verb::away, "away", "Leave now: put everything registered to sleep without waiting", "  doze away\n");
    words.add(Verb::back, "back", "Be back: counts as a sign of life, then shows the status", "  doze back\n");
    words.add(Verb::events, "events", "Show signs of life as they come, and the countdown to away, until Ctrl-C",
              "  doze events              14:02:03 keyboard ×12\n"
              "  doze events --json       one JSON message per line (docs/protocol.md, \"Events\")\n");
}

void add_hold_words(Words& words) {
    words.begin_group("Keeping awake");
    auto* snooze = words.add(Verb::snooze, "snooze", "Put nothing to sleep for a while",
                             "  doze snooze 2h\n"
                             "  doze snooze 90m\n"
                             "  doze snooze until 18:00\n"
                             "  doze snooze until tomorrow 9:00\n"
                             "It survives a restart. `doze resume` and `doze away` end it.\n");
    snooze->add_option("TIME", words.given.words, "90m, 2h, 1h30m, 3d, until 18:00, until tomorrow 9:00")
        ->required()
        ->type_name("");
    words.add(Verb::resume, "resume", "End the snooze", "  doze resume\n");
    auto* hold = words.add(Verb::hold, "hold", "Put nothing to sleep while a command runs",
                           "  doze hold -- make -j8\n"
                           "  doze hold -- ssh build-box ./nightly.sh\n"
                           "Ends with the exit code of the command. Where doze is not running the command runs all the "
                           "same.\n");
    hold->add_option("COMMAND", words.given.words, "The command and its arguments, after --")
        ->required()
        ->type_name("");
    auto* history = words.add(Verb::history, "history", "Show what doze did and why",
                              "  doze history                 the newest 50 lines\n"
                              "  doze history --since 2d\n"
                              "  doze history --json | jq '.lines[] | select(.level == \"error\")'\n");
    history->add_option("--since", words.given.since, "Not older than this: 90m, 12h, 2d")->type_name("SPAN");
    history->add_option("--limit", words.given.limit, "The newest so many lines (50, or all since then with --since)")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000).description(""));
}

namespace {

void add_register(Words& words) {
    auto& given = words.given;
    auto* command = words.add(Verb::add, "register", "Let doze put a resource to sleep while you are away",
                              "  doze register i-0abc1234def567890 --description \"build box\"\n"
                              "  doze register eks:main/workers --desired-size 2\n"
                              "  doze register ecs:web/api --force    although a tag marks it as production\n");
    words.add_target(command, "TARGET", target_help);
    command->add_option("--description", given.description, "What it is, for people")->type_name("TEXT");
    command
        ->add_option("--desired-size", given.desired_size, "Groups: how many a wake restores where doze does not know")
        ->type_name("N")
        ->check(CLI::Range(0, 10'000).description(""));
    command->add_flag("--hibernate", given.hibernate,
                      core::commands_with(&core::KindInfo::hibernates) + ": hibernate instead of stop, where it can");
    command
        ->add_option("--busy-cpu-percent", given.busy_cpu_percent,
                     "Keep it awake while its CPU is above this (CloudWatch)")
        ->type_name("N")
        ->check(CLI::Range(1, 100).description(""));
    command->add_option("--profile", given.profile, "The profile of ~/.aws that reaches it")->type_name("NAME");
    command->add_flag("--force", given.force, "Register it although a tag guards it");
}

}  // namespace

void add_resource_words(Words& words) {
    auto& given = words.given;
    words.begin_group("Resources");
    auto* list = words.add(Verb::list, "list", "List what is in the configured regions",
                           "  doze list\n"
                           "  doze list ec2 --region us-east-1\n"
                           "  doze list ecs --fresh    asks AWS now instead of showing what was last seen\n");
    std::vector<std::string> kinds{"all"};
    for (const auto& kind : core::kinds()) kinds.emplace_back(kind.word);
    words.restrict(list->add_option("KIND", given.kind, core::kind_words() + " or all (default)")->type_name(""),
                   kinds);
    words.add_region(list, "Only this region");
    list->add_flag("--fresh", given.fresh, "Ask AWS now");

    words.add(Verb::registered, "registered", "Show what doze may put to sleep", "  doze registered\n");
    add_register(words);
    words.add_target(
        words.add(Verb::remove, "unregister", "Take a registration back", "  doze unregister i-0abc1234def567890\n"),
        "TARGET", target_help);

    auto* start = words.add(Verb::start, "start", "Start resources now, registered or not",
                            "  doze start i-0abc1234def567890\n"
                            "  doze start ecs:web/api eks:main/workers\n");
    words.add_targets(start);
    auto* stop = words.add(Verb::stop, "stop", "Stop resources now, registered or not",
                           "  doze stop i-0abc1234def567890\n"
                           "  doze stop ecs:eu-west-1:web/api\n");
    words.add_targets(stop);
    auto* scale = words.add(Verb::scale, "scale", "Set the size of a node group or Auto Scaling group",
                            "  doze scale main/workers 3\n"
                            "  doze scale main/workers 0 --region eu-west-1    0 stops it\n"
                            "  doze scale asg:staging 2\n");
    words.add_target(scale, "TARGET", "CLUSTER/NODEGROUP, asg:GROUP or KIND:REGION:NAME");
    scale->add_option("COUNT", given.count, "How many nodes or instances")
        ->required()
        ->type_name("")
        ->check(CLI::Range(0, 10'000).description(""));
    for (auto* word : {start, stop, scale})
        word->add_flag("-y,--yes", given.yes, "Do not ask about what is not registered");
}

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

void add_doctor(Words& words) {
    auto& given = words.given;
    auto* doctor = words.add(Verb::doctor, "doctor", "Check everything doze needs, and say how to mend what is wrong",
                             "  doze doctor              exit code 1 if something failed\n"
                             "  doze doctor --within 60  where the network is slow\n"
                             "  doze doctor --json | jq '.findings[] | select(.state == \"fail\")'\n");
    doctor->add_option("--within", given.within, "What answers later than this has failed (10)")
        ->type_name("SECONDS")
        ->check(CLI::Range(1, 3600).description(""));
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
    add_doctor(words);
    add_iam_policy(words);
    add_config(words);
    add_logs(words);
    add_texts(words);
    words.add(Verb::version, "version", "Print the version", "  doze version --json\n");
}

}  // namespace doze::cli
