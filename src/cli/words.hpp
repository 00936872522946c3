#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace doze::cli {

inline constexpr const char* target_help = "i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME";

/// Adds words to the command line; what is parsed goes to `given`, which must outlive the app.
class Words {
   public:
    Words(CLI::App& app, Arguments& arguments) : given(arguments), app_(app) {}

    Arguments& given;

    /// The values that an option or a positional takes, by it: CLI11 keeps them to itself.
    std::map<const CLI::Option*, std::vector<std::string>> choices;

    /// It takes only these.
    void restrict(CLI::Option* option, const std::vector<std::string>& values);

    /// The words that follow stand under this heading in the help.
    void begin_group(const char* heading) { group_ = heading; }

    /// `what` is one line; `examples` are lines, each indented by two blanks.
    CLI::App* add(Verb verb, const char* name, const char* what, const char* examples);

    void add_region(CLI::App* command, const char* what);

    /// One or more targets, and their region.
    void add_targets(CLI::App* command);

    /// Exactly one target, and its region.
    void add_target(CLI::App* command, const char* name, const char* what);

    /// What `examples` of add() were.
    std::map<const CLI::App*, std::string> examples;

   private:
    CLI::App& app_;
    const char* group_ = "";
};

/// The words, by subject.
void add_presence_words(Words& words);
void add_hold_words(Words& words);
void add_resource_words(Words& words);
void add_setup_words(Words& words);

}  // namespace doze::cli
