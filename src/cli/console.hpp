#pragma once

#include <istream>
#include <ostream>
#include <string>
#include <vector>

#include "base/paths.hpp"
#include "cli/cli.hpp"

namespace doze::cli {

/// A command's output streams and its view of the environment.
struct Console {
    std::ostream& out;
    std::ostream& err;
    bool out_is_terminal = false;
    bool err_is_terminal = false;
    Environment environment;
    std::istream* answers = nullptr;  ///< The person's input; null if nobody can be asked.
};

/// run_command_line() on any console.
int run(const std::vector<std::string>& argv, const Console& console, const InProcessCommands& in_process);

}  // namespace doze::cli
