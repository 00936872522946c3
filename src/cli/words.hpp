#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <string>
#include <vector>

#include "cli/command_line.hpp"

namespace doze::cli {

inline constexpr const char* target_help = "i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME";

/// Adds commands to the command line. Parsed values are stored in `given`, which must outlive the app.
class Words {
   public:
    Words(CLI::App& app, Arguments& arguments) : given(arguments), app_(app) {}

    Arguments& given;

    /// The allowed values of options and positionals: CLI11 does not expose them.
    std::map<const CLI::Option*, std::vector<std::string>> choices;

    /// Limits an option to these values.
    void restrict(CLI::Option* option, const std::vector<std::string>& values);

    /// The help shows the following commands under this heading.
    void begin_group(const char* heading) { group_ = heading; }

    /// `what` is one line; `examples` are lines, each indented by two spaces.
    CLI::App* add(Verb verb, const char* name, const char* what, const char* examples);

    void add_region(CLI::App* command, const char* what);

    /// Adds one or more targets, and their region.
    void add_targets(CLI::App* command);

    /// Adds exactly one target, and its region.
    void add_target(CLI::App* command, const char* name, const char* what);

    /// The `examples` given to add().
    std::map<const CLI::App*, std::string> examples;

   private:
    CLI::App& app_;
    const char* group_ = "";
};

/// The commands, by subject.
void add_presence_words(Words& words);
void add_hold_words(Words& words);
void add_resource_words(Words& words);
void add_setup_words(Words& words);

}  // namespace doze::cli
