#include "cli/words.hpp"

#include <string>

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

}  // namespace doze::cli
