#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "cli/console.hpp"

/// What the person who sets doze up is asked, and how they may answer.
namespace doze::init {

/// Which of the numbered things a person means: numbers from 1 on, ranges such as 2-5 and names, with blanks or commas
/// between, or "all" or "none". The result is their indices, in order, each once. `bad_request` says which part is
/// wrong. Pure.
[[nodiscard]] Result<std::vector<std::size_t>> parse_selection(std::string_view text,
                                                               const std::vector<std::string>& names);

/// Asks on the terminal, or takes the lines of the standard input where that is none. Fails (`bad_request`) where there
/// are no more answers.
class Questions {
   public:
    explicit Questions(const cli::Console& console) : console_(console) {}

    /// The answer without blanks around it; `fallback`, which is shown, for an empty one.
    [[nodiscard]] Result<std::string> ask(const std::string& question, const std::string& fallback);

    /// Yes or no; asks again for anything else.
    [[nodiscard]] Result<bool> confirm(const std::string& question, bool fallback);

   private:
    const cli::Console& console_;
};

}  // namespace doze::init
