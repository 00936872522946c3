#include "cli/arguments.hpp"

#include <CLI/CLI.hpp>
#include <map>
#include <tuple>

#include "cli/cli.hpp"
#include "core/kinds.hpp"

namespace doze::cli {
namespace {

constexpr const char* about =
    "Puts your AWS resources to sleep while you are away from the desk, and wakes them on return.";

constexpr const char* more_help = R"(A TARGET is one of
  i-0abc1234def567890              an EC2 instance
  ecs:CLUSTER/SERVICE              an ECS service
  eks:CLUSTER/NODEGROUP            an EKS node group
  asg:GROUP                        an Auto Scaling group
  rds:DB-INSTANCE                  an RDS instance
  rds-cluster:DB-CLUSTER           an RDS (Aurora) cluster
  ec2:us-east-1:i-0abc...          any of them with its region, as doze prints it
  work@rds:us-east-1:orders        reached with the profile work of ~/.aws
Without a region doze looks it up in what it knows; --region says it.

Directories, unless given:
  configuration  $DOZE_CONFIG_DIR, else $XDG_CONFIG_HOME/doze, else ~/.config/doze
  state          $DOZE_STATE_DIR, else $XDG_STATE_HOME/doze, else ~/.local/state/doze

Exit codes:
  0  ok
  1  the command failed; why, and what to do next, is on stderr
  2  the command line was wrong
  3  doze is not running

`doze COMMAND --help` shows examples.)";

constexpr const char* target_help = "i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME";

class Parser {
   public:
    Parser() : app_(about, "doze") {
        app_.set_version_flag("--version", "doze " DOZE_VERSION, "Print the version and exit");
        app_.require_subcommand(1);
        app_.footer(more_help);
        app_.add_option("--config-dir", given_.config_dir, "Where settings.json and services.yaml are")
            ->type_name("DIR");
        app_.add_option("--state-dir", given_.state_dir, "Where log, database and socket are")->type_name("DIR");
        app_.add_flag("--json", given_.json, "Print one JSON document, for programs");
        const std::map<std::string, ColorMode> modes = {
            {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}};
        app_.add_option("--color", given_.color, "auto (only on a terminal, unless NO_COLOR is set), always or never")
            ->type_name("WHEN")
            ->transform(CLI::CheckedTransformer(modes).description(""));
        add_commands();
    }

    std::variant<Arguments, int> parse(const std::vector<std::string>& argv, std::ostream& out, std::ostream& err) {
        // CLI11 takes the arguments without the program, last first.
        std::vector<std::string> reversed(argv.rbegin(), argv.rend());
        if (!reversed.empty()) reversed.pop_back();
        try {
            app_.parse(reversed);
        } catch (const CLI::ParseError& error) {  // CLI11 knows no other way.
            const int code = app_.exit(error, out, err);
            return code == 0 ? int{success} : int{usage};
        }
        return given_;
    }

   private:
    CLI::App* add(Verb verb, const char* name, const char* what, const char* examples) {
        auto* command = app_.add_subcommand(name, what);
        command->fallthrough();
        command->footer(std::string("Examples:\n") + examples +
                        "\nOptions for all commands, such as --json: `doze --help`");
        command->callback([this, verb] { given_.verb = verb; });
        return command;
    }

    void add_region(CLI::App* command, const char* what) {
        command->add_option("--region", given_.region, what)->type_name("REGION");
    }

    void add_targets(CLI::App* command) {
        command->add_option("TARGET", given_.targets, target_help)->required()->type_name("");
        add_region(command, "The region of the targets");
    }

    void add_target(CLI::App* command, const char* name, const char* what) {
        command
            ->add_option_function<std::string>(
                name, [this](const std::string& one) { given_.targets = {one}; }, what)
            ->required()
            ->type_name("");
        add_region(command, "The region of the target");
    }

    void add_commands() {
        auto* run = add(Verb::run, "run", "Run doze in the foreground",
                        "  doze run\n"
                        "  doze run --dry-run       decides and shows everything, changes nothing\n");
        run->add_flag("--dry-run", given_.dry_run, "Decide and show everything, change nothing");
        run->add_option("--log-level", given_.log_level, "debug, info, warning or error")
            ->type_name("LEVEL")
            ->check(CLI::IsMember({"debug", "info", "warning", "error"}).description(""));

        add(Verb::status, "status", "Show presence, signal sources and registered resources",
            "  doze status\n"
            "  doze status --json | jq .presence.state\n");

        auto* list = add(Verb::list, "list", "List what is in the configured regions",
                         "  doze list\n"
                         "  doze list ec2 --region us-east-1\n"
                         "  doze list ecs --fresh    asks AWS now instead of showing what was last seen\n");
        std::vector<std::string> kinds{"all"};
        for (const auto& kind : core::kinds()) kinds.emplace_back(kind.word);
        list->add_option("KIND", given_.kind, core::kind_words() + " or all (default)")
            ->type_name("")
            ->check(CLI::IsMember(kinds).description(""));
        add_region(list, "Only this region");
        list->add_flag("--fresh", given_.fresh, "Ask AWS now");

        add_targets(add(Verb::start, "start", "Start resources now",
                        "  doze start i-0abc1234def567890\n"
                        "  doze start ecs:web/api eks:main/workers\n"));
        add_targets(add(Verb::stop, "stop", "Stop resources now",
                        "  doze stop i-0abc1234def567890\n"
                        "  doze stop ecs:eu-west-1:web/api\n"));

        auto* scale = add(Verb::scale, "scale", "Set the size of a node group or Auto Scaling group",
                          "  doze scale main/workers 3\n"
                          "  doze scale main/workers 0 --region eu-west-1    0 stops it\n"
                          "  doze scale asg:staging 2\n");
        add_target(scale, "TARGET", "CLUSTER/NODEGROUP, asg:GROUP or KIND:REGION:NAME");
        scale->add_option("COUNT", given_.count, "How many nodes or instances")
            ->required()
            ->type_name("")
            ->check(CLI::Range(0, 10'000).description(""));

        auto* add_one = add(Verb::add, "register", "Let doze put a resource to sleep while you are away",
                            "  doze register i-0abc1234def567890 --description \"build box\"\n"
                            "  doze register eks:main/workers --desired-size 2\n"
                            "  doze register ecs:web/api --force    although a tag marks it as production\n");
        add_target(add_one, "TARGET", target_help);
        add_one->add_option("--description", given_.description, "What it is, for people")->type_name("TEXT");
        add_one
            ->add_option("--desired-size", given_.desired_size,
                         "Groups: how many a wake restores where doze does not know")
            ->type_name("N")
            ->check(CLI::Range(0, 10'000).description(""));
        add_one->add_flag("--hibernate", given_.hibernate, "EC2: hibernate instead of stop, where it can");
        add_one
            ->add_option("--busy-cpu-percent", given_.busy_cpu_percent,
                         "Keep it awake while its CPU is above this (CloudWatch)")
            ->type_name("N")
            ->check(CLI::Range(1, 100).description(""));
        add_one->add_option("--profile", given_.profile, "The profile of ~/.aws that reaches it")->type_name("NAME");
        add_one->add_flag("--force", given_.force, "Register it although a tag guards it");

        add_target(
            add(Verb::remove, "unregister", "Take a registration back", "  doze unregister i-0abc1234def567890\n"),
            "TARGET", target_help);
        add(Verb::registered, "registered", "Show what doze may put to sleep", "  doze registered\n");
        add(Verb::away, "away", "Leave now: put everything registered to sleep without waiting", "  doze away\n");
        add(Verb::back, "back", "Be back: counts as a sign of life, then shows the status", "  doze back\n");
        add(Verb::events, "events", "Show signs of life as they come, and the countdown to away, until Ctrl-C",
            "  doze events              14:02:03 keyboard ×12\n"
            "  doze events --json       one JSON message per line (docs/protocol.md, \"Events\")\n");
        add_auth();
        add(Verb::doctor, "doctor", "Check everything doze needs, and say how to mend what is wrong",
            "  doze doctor              exit code 1 if something failed\n"
            "  doze doctor --json | jq '.findings[] | select(.state == \"fail\")'\n");
        auto* policy = add(Verb::iam_policy, "iam-policy", "Print the least IAM policy for what is registered",
                           "  doze iam-policy > policy.json\n"
                           "  doze iam-policy --profile work    for what the profile work reaches\n"
                           "  doze iam-policy --all             for any resource of any kind\n"
                           "  doze iam-policy --explain         says on stderr what each action is for\n");
        policy->add_option("--profile", given_.profile, "For what is registered with this profile of ~/.aws")
            ->type_name("NAME");
        policy->add_flag("--all", given_.all, "For any resource of any kind, so that more can be registered");
        policy->add_flag("--explain", given_.explain, "Say what each action is for, even where stderr is no terminal");
        add(Verb::version, "version", "Print the version", "  doze version --json\n");
    }

    void add_auth() {
        auto* auth = add(Verb::auth, "auth", "Show, set or forget the AWS credentials of doze",
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
            command->callback([this, chosen = action] { given_.auth_action = chosen; });
            command
                ->add_option("--profile", given_.profile, "Of this profile of ~/.aws instead of the one that doze uses")
                ->type_name("NAME");
        }
    }

    CLI::App app_;
    Arguments given_;
};

}  // namespace

std::variant<Arguments, int> parse_arguments(const std::vector<std::string>& argv, std::ostream& out,
                                             std::ostream& err) {
    return Parser().parse(argv, out, err);
}

}  // namespace doze::cli
