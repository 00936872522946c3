#pragma once

#include <chrono>
#include <memory>
#include <string>

namespace doze::daemon {

/// Writes lines to a descriptor that may stand still for hours (Ctrl-S, the copy mode of a terminal, a pipe that nobody
/// reads), from a thread of its own: whoever writes never waits. While it stands still the newest lines are lost, and
/// it says how many once it goes on.
class TerminalWriter {
   public:
    explicit TerminalWriter(int fd);
    /// Waits a moment for what is still to be written, and no longer.
    ~TerminalWriter();
    TerminalWriter(const TerminalWriter&) = delete;
    TerminalWriter& operator=(const TerminalWriter&) = delete;

    /// `line` has its line end.
    void write(std::string line);

    /// Waits until all is written, but not for longer than `patience`.
    void drain(std::chrono::milliseconds patience);

   private:
    struct Queue;
    std::shared_ptr<Queue> queue_;  ///< The thread has it, too, and may outlive this.
};

}  // namespace doze::daemon
