#include "daemon/log.hpp"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <sys/stat.h>

#include "base/paths.hpp"

namespace doze::daemon {
namespace {

constexpr std::size_t rotate_at = std::size_t{5} << 20;

}  // namespace

Log::Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level) : level_(level) {
    sinks_.push_back(std::make_shared<spdlog::sinks::stderr_color_sink_st>());
    const auto file = log_file(state_dir);
    const auto mask = ::umask(0077);  // The log tells when its person was there.
    try {
        sinks_.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_st>(file.string(), rotate_at, old_log_files));
    } catch (const spdlog::spdlog_ex& error) {
        file_trouble_ =
            std::string("The log file can't be written, so the log goes to the terminal only: ") + error.what();
    }
    ::umask(mask);
    for (auto& sink : sinks_) sink->set_pattern("%^[%Y-%m-%d %H:%M:%S.%e] [%l] [%n] - %v%$");
}

spdlog::logger& Log::of(const std::string& module) {
    auto& logger = loggers_[module];
    if (!logger) {
        logger = std::make_unique<spdlog::logger>(module, sinks_.begin(), sinks_.end());
        logger->set_level(level_);
        logger->flush_on(spdlog::level::info);
        // A disk that fills up must not fill the terminal too.
        logger->set_error_handler([](const std::string&) {});
    }
    return *logger;
}

}  // namespace doze::daemon
