#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <spdlog/logger.h>
#include <string>
#include <vector>

namespace doze::daemon {

/// The log: aws_monitor.log in the state folder and the terminal, both as
/// "[time] [level] [module] - message". The file is rotated at 5 MiB, with three old ones kept.
class Log {
   public:
    /// Where the file can't be written, the terminal alone is used, and `file_trouble` says why.
    Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level);

    /// The logger that writes under a module's name.
    [[nodiscard]] spdlog::logger& of(const std::string& module);

    [[nodiscard]] const std::string& file_trouble() const { return file_trouble_; }

   private:
    std::vector<spdlog::sink_ptr> sinks_;
    std::map<std::string, std::unique_ptr<spdlog::logger>> loggers_;
    std::string file_trouble_;
    spdlog::level::level_enum level_;
};

}  // namespace doze::daemon
