#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <spdlog/logger.h>
#include <string>
#include <string_view>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"

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

/// The newest file of the log, appended to, and begun anew when it is full. Whoever moves or removes it, or its folder
/// (logrotate, a cleaner), finds the next line in a new file of the same name; who empties it, at its beginning.
class LogFile {
   public:
    /// Begins with a new file once one has `rotate_at` bytes; so many older ones are kept.
    LogFile(std::filesystem::path state_dir, std::size_t rotate_at, int older);

    /// Whether the file can be written to, and why not.
    [[nodiscard]] Result<void> open();

    /// `line` has its line end. What can't be written is lost.
    void write(std::string_view line);

   private:
    /// Somebody took the file away from under its name.
    [[nodiscard]] bool is_moved() const;
    void rotate();

    std::filesystem::path state_dir_;
    std::filesystem::path path_;
    std::size_t rotate_at_;
    int older_;
    UniqueFd fd_;
};

class TerminalWriter;

/// The log: aws_monitor.log in the state folder and the terminal, both as
/// "[time] [level] [module] - message". The file is rotated at 5 MiB, with three old ones kept. Neither holds doze up:
/// a terminal that stands still loses lines.
class Log {
   public:
    /// Where the file can't be written, the terminal alone is used until it can be, and `file_trouble` says why.
    Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level);

    /// The logger that writes under a module's name.
    [[nodiscard]] spdlog::logger& of(const std::string& module);

    [[nodiscard]] const std::string& file_trouble() const { return file_trouble_; }

    /// Waits a moment for the terminal: something else is about to write there.
    void drain();

   private:
    std::shared_ptr<TerminalWriter> terminal_;
    std::vector<spdlog::sink_ptr> sinks_;
    std::map<std::string, std::unique_ptr<spdlog::logger>> loggers_;
    std::string file_trouble_;
    spdlog::level::level_enum level_;
};

}  // namespace doze::daemon
