#include "app/daemon/log.hpp"

#include <memory>
#include <spdlog/details/null_mutex.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <string_view>
#include <unistd.h>
#include <utility>

#include "app/daemon/log_file.hpp"
#include "app/daemon/terminal_writer.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"

namespace doze::daemon {
namespace {

/// What others wrote (names, reasons, answers of AWS) is one line without a hidden meaning for who reads it.
class PrintableFormatter : public spdlog::formatter {
   public:
    void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
        const auto text = printable({message.payload.data(), message.payload.size()});
        auto safe = message;
        safe.payload = text;
        pattern_.format(safe, out);
    }
    [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override {
        return std::make_unique<PrintableFormatter>();
    }

   private:
    spdlog::pattern_formatter pattern_{"[%Y-%m-%d %H:%M:%S.%e] [%l] [%n] - %v"};
};

constexpr std::size_t rotate_at = std::size_t{5} << 20;

/// Hands each line, formatted, to a function.
template <class Take>
class LineSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
   public:
    explicit LineSink(Take take) : take_(std::move(take)) {}

   private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        spdlog::memory_buf_t line;
        formatter_->format(message, line);
        take_(std::string_view(line.data(), line.size()), message);
    }
    void flush_() override {}

    Take take_;
};

template <class Take>
spdlog::sink_ptr make_sink(Take take) {
    return std::make_shared<LineSink<Take>>(std::move(take));
}

std::string_view color_of(spdlog::level::level_enum level) {
    switch (level) {
        case spdlog::level::info: return "\033[32m";
        case spdlog::level::warn: return "\033[33m\033[1m";
        case spdlog::level::err:
        case spdlog::level::critical: return "\033[31m\033[1m";
        default: return "\033[36m";
    }
}

}  // namespace

Log::Log(const std::filesystem::path& state_dir, spdlog::level::level_enum level)
    : terminal_(std::make_shared<TerminalWriter>(STDERR_FILENO)), level_(level) {
    const bool has_color = ::isatty(STDERR_FILENO) == 1;
    sinks_.push_back(make_sink([terminal = terminal_, has_color](std::string_view line, const auto& message) {
        std::string text(line);
        if (has_color) text.insert(0, color_of(message.level)).insert(text.size() - 1, "\033[0m");
        terminal->write(std::move(text));
    }));
    const auto file = std::make_shared<LogFile>(state_dir, rotate_at, old_log_files);
    if (const auto opened = file->open(); !opened)
        file_trouble_ = "The log file can't be written, so the log goes to the terminal only: " + opened.error().text();
    sinks_.push_back(make_sink([file](std::string_view line, const auto&) { file->write(line); }));
    for (auto& sink : sinks_) sink->set_formatter(std::make_unique<PrintableFormatter>());
}

void Log::drain() {
    terminal_->drain(std::chrono::milliseconds(500));
}

spdlog::logger& Log::of(const std::string& module) {
    auto& logger = loggers_[module];
    if (!logger) {
        logger = std::make_unique<spdlog::logger>(module, sinks_.begin(), sinks_.end());
        logger->set_level(level_);
        // A disk that fills up must not fill the terminal too.
        logger->set_error_handler([](const std::string&) {});
    }
    return *logger;
}

}  // namespace doze::daemon
