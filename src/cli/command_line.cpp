#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/edit_distance.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "cli/cli.hpp"
#include "cli/words.hpp"
#include "core/model/kinds.hpp"

namespace doze::cli {

namespace {

constexpr const char* about =
    "Puts your AWS resources to sleep while you are away from the desk, and wakes them on return.";

/// The syntax of a kind's targets: "ecs:CLUSTER/SERVICE".
std::string target_of(const core::KindInfo& kind) {
    if (!kind.lone_name.empty()) return fmt::format("{}0abc1234def567890", kind.lone_name);
    return fmt::format("{}:{}{}", kind.word, kind.in_cluster ? "CLUSTER/" : "", upper_case(kind.name_part));
}

std::vector<Chapter> chapters() {
    std::string targets = "A TARGET is one of\n";
    for (const auto& kind : core::kinds()) targets += fmt::format("  {:<33}{}\n", target_of(kind), kind.in_full);
    return {{"Targets", targets + R"(  ec2:us-east-1:i-0abc...          any of them with its region, as doze prints it
  work@rds:us-east-1:orders        reached with the profile work of ~/.aws
Without a region doze looks it up in what it knows; --region says it.
)"},
            {"Directories", R"(Directories, unless given:
  configuration  $DOZE_CONFIG_DIR, else $XDG_CONFIG_HOME/doze, else ~/.config/doze
  state          $DOZE_STATE_DIR, else $XDG_STATE_HOME/doze, else ~/.local/state/doze
)"},
            {"Exit codes", R"(Exit codes:
  0  ok
  1  the command failed; why, and what to do next, is on stderr
  2  the command line was wrong
  3  doze is not running
)"}};
}

std::string footer() {
    std::string text;
    for (const auto& chapter : chapters()) text += chapter.text + "\n";
    return text + "`doze COMMAND --help` shows examples.";
}

OptionHelp describe_option(const CLI::Option& option, const Words& words) {
    OptionHelp help{.names = {}, .value = {}, .what = option.get_description()};
    for (const auto& name : option.get_snames()) help.names.push_back("-" + name);
    for (const auto& name : option.get_lnames()) help.names.push_back("--" + name);
    if (option.get_items_expected_max() > 0) help.value = option.get_type_name();
    if (const auto found = words.choices.find(&option); found != words.choices.end()) help.choices = found->second;
    return help;
}

CommandHelp describe(const CLI::App& app, const Words& words) {
    CommandHelp help{.name = app.get_name(), .group = app.get_group(), .what = app.get_description()};
    if (const auto found = words.examples.find(&app); found != words.examples.end()) help.examples = found->second;
    for (const auto* option : app.get_options()) {
        if (option == app.get_help_ptr()) continue;
        auto described = describe_option(*option, words);
        if (option->get_positional()) {
            help.positionals.push_back({.name = option->get_name(true),
                                        .what = described.what,
                                        .choices = described.choices,
                                        .required = option->get_required(),
                                        .many = option->get_items_expected_max() > 1});
        } else {
            help.options.push_back(std::move(described));
        }
    }
    for (const auto* below : app.get_subcommands([](const CLI::App* one) { return !one->get_group().empty(); }))
        help.commands.push_back(describe(*below, words));
    return help;
}

class Parser {
   public:
    Parser() : app_(about, "doze"), words_(app_, given_) {
        app_.set_version_flag("--version", "doze " + std::string(version()), "Print the version and exit");
        app_.require_subcommand(1);
        app_.footer(footer());
        app_.add_option("--config-dir", given_.config_dir, "Where settings.json and services.yaml are")
            ->type_name("DIR");
        app_.add_option("--state-dir", given_.state_dir, "Where log, database and socket are")->type_name("DIR");
        app_.add_flag("--json", given_.json, "Print one JSON document, for programs");
        const std::map<std::string, ColorMode> modes = {
            {"auto", ColorMode::automatic}, {"always", ColorMode::always}, {"never", ColorMode::never}};
        auto* color = app_.add_option("--color", given_.color,
                                      "auto (only on a terminal, unless NO_COLOR is set), always or never")
                          ->type_name("WHEN")
                          ->transform(CLI::CheckedTransformer(modes).description(""));
        words_.choices[color] = {"auto", "always", "never"};
        add_presence_words(words_);
        add_hold_words(words_);
        add_resource_words(words_);
        add_setup_words(words_);
    }

    std::variant<Arguments, int> parse(const std::vector<std::string>& argv, std::ostream& out, std::ostream& err) {
        // CLI11 takes the arguments without the program, in reverse order.
        std::vector<std::string> reversed(argv.rbegin(), argv.rend());
        if (!reversed.empty()) reversed.pop_back();
        if (reversed.empty()) {
            err << app_.help();
            return int{usage};
        }
        if (const auto unknown = unknown_command(reversed.back()); !unknown.empty()) {
            err << "error: " << unknown << '\n';
            return int{usage};
        }
        try {
            app_.parse(reversed);
        } catch (const CLI::ParseError& error) {  // CLI11 reports errors by exceptions only.
            const int code = app_.exit(error, out, err);
            return code == 0 ? int{success} : int{usage};
        }
        return given_;
    }

    [[nodiscard]] Grammar grammar() const { return {.program = describe(app_, words_), .chapters = chapters()}; }

   private:
    /// The error if the first word should be a command and is none.
    [[nodiscard]] std::string unknown_command(const std::string& word) const {
        if (word.starts_with('-')) return {};
        std::vector<std::string> names;
        for (const auto* command : app_.get_subcommands({})) {
            if (command->get_name() == word) return {};
            if (!command->get_group().empty()) names.push_back(command->get_name());
        }
        return fmt::format("There is no command {}{}. `doze --help` lists all.", doze::quoted(word),
                           did_you_mean(word, std::vector<std::string_view>(names.begin(), names.end())));
    }

    CLI::App app_;
    Arguments given_;
    Words words_;
};

}  // namespace

std::variant<Arguments, int> parse_arguments(const std::vector<std::string>& argv, std::ostream& out,
                                             std::ostream& err) {
    return Parser().parse(argv, out, err);
}

Grammar grammar() {
    return Parser().grammar();
}

}  // namespace doze::cli
