#pragma once

#include <string>

#include "base/result.hpp"
#include "cli/console.hpp"

namespace doze::init {

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
