#pragma once

#include <ostream>
#include <termios.h>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::cli {

struct TerminalSize {
    int columns = 80;
    int rows = 24;
};

/// How large the terminal of the standard output is now; 80x24 where it does not say.
[[nodiscard]] TerminalSize terminal_size();

/// The whole of the terminal, for a view that redraws: another screen than the one with what was printed before,
/// without a cursor; keys are not shown, and come at once. All of it is as before after leave(), or at the end of the
/// scope.
class FullScreen {
   public:
    /// `out` writes to the terminal of the standard output.
    explicit FullScreen(std::ostream& out);
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    void enter();
    void leave();

    /// The terminal's keys, to be read without blocking; -1 where the standard input is no terminal.
    [[nodiscard]] int keys() const { return keys_.get(); }

   private:
    std::ostream& out_;
    UniqueFd keys_;
    termios before_{};
    bool entered_ = false;
};

}  // namespace doze::cli
