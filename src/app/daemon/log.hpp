#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <spdlog/logger.h>
#include <string>
#include <vector>

namespace doze::daemon {

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
