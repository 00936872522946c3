#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/console.hpp"

/// Asks the questions of `doze init`, and parses the answers.
namespace doze::init {

/// The numbered items that a person chose: numbers from 1 on, ranges such as 2-5, and names, separated by spaces or
/// commas, or "all" or "none". Returns their distinct indices in order. `bad_request` says which part is wrong.
/// Pure.
[[nodiscard]] Result<std::vector<std::size_t>> parse_selection(std::string_view text,
                                                               const std::vector<std::string>& names);

/// Asks on the terminal, or reads the lines of standard input if that is no terminal. Fails (`bad_request`) at the end
/// of input.
class Questions {
   public:
    explicit Questions(const cli::Console& console) : console_(console) {}

    /// The trimmed answer; an empty one means `fallback`, which is shown.
    [[nodiscard]] Result<std::string> ask(const std::string& question, const std::string& fallback);

    /// Yes or no; any other answer repeats the question.
    [[nodiscard]] Result<bool> confirm(const std::string& question, bool fallback);

   private:
    const cli::Console& console_;
};

}  // namespace doze::init
