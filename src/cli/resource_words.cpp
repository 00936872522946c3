// Words about resources: what there is, what doze may act on, and acting on it now.
#include <string>
#include <vector>

#include "cli/words.hpp"
#include "core/model/kinds.hpp"

namespace doze::cli {
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
    command->add_flag("--hibernate", given.hibernate, "EC2: hibernate instead of stop, where it can");
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
    for (const auto& kind : words.kinds) kinds.emplace_back(kind.word);
    words.restrict(
        list->add_option("KIND", given.kind, core::kind_words(words.kinds) + " or all (default)")->type_name(""),
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

}  // namespace doze::cli
