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

/// Writes lines to a descriptor that may block for hours (Ctrl-S, the copy mode of a terminal, a pipe that nobody
/// reads), on a thread of its own, so that callers never wait. While it is blocked the newest lines are dropped;
/// afterwards it writes how many.
class TerminalWriter {
   public:
    explicit TerminalWriter(int fd);
    /// Waits briefly for pending lines.
    ~TerminalWriter();
    TerminalWriter(const TerminalWriter&) = delete;
    TerminalWriter& operator=(const TerminalWriter&) = delete;

    /// `line` includes its line end.
    void write(std::string line);

    /// Waits until all lines are written, but no longer than `patience`.
    void drain(std::chrono::milliseconds patience);

   private:
    struct Queue;
    std::shared_ptr<Queue> queue_;  ///< Shared with the thread, which may outlive this object.
};

/// The current log file; appends to it and rotates it when it is full. If somebody moves or removes it, or its folder
/// (logrotate, a cleaner), the next line starts a new file of the same name; if somebody truncates it, writing
/// continues at its beginning.
class LogFile {
   public:
    /// Starts a new file once one has `rotate_at` bytes, and keeps `older` old ones.
    LogFile(std::filesystem::path state_dir, std::size_t rotate_at, int older);

    /// Fails with the reason if the file can't be written to.
    [[nodiscard]] Result<void> open();

    /// `line` includes its line end. A line that can't be written is lost.
    void write(std::string_view line);

   private:
    /// Whether the file was moved or removed.
    [[nodiscard]] bool is_moved() const;
    void rotate();

    std::filesystem::path state_dir_;
    std::filesystem::path path_;
    std::size_t rotate_at_;
    int older_;
    UniqueFd fd_;
};

class TerminalWriter;

/// The log: aws_monitor.log in the state folder, and the terminal, both in the form "[time] [level] [module] -
/// message". The file is rotated at 5 MiB; three old ones are kept. Neither blocks doze: a blocked terminal loses
/// lines.
class Log {
   public:
    /// If the file can't be written, only the terminal is used until it can, and `file_trouble` gives the reason.
    Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level);

    /// The logger for a module's name.
    [[nodiscard]] spdlog::logger& of(const std::string& module);

    [[nodiscard]] const std::string& file_trouble() const { return file_trouble_; }

    /// Waits briefly for the terminal, before something else writes to it.
    void drain();

   private:
    std::shared_ptr<TerminalWriter> terminal_;
    std::vector<spdlog::sink_ptr> sinks_;
    std::map<std::string, std::unique_ptr<spdlog::logger>> loggers_;
    std::string file_trouble_;
    spdlog::level::level_enum level_;
};

}  // namespace doze::daemon
