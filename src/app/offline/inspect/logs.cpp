#include "app/offline/inspect/logs.hpp"

#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <string>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "app/offline/inspect/inspect.hpp"
#include "base/handle.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"
#include "cli/terminal.hpp"

namespace doze::inspect {

namespace {

/// A log file has 5 MiB; one that somebody else wrote to is still read up to this size.
constexpr std::size_t largest_log = std::size_t{64} << 20;
constexpr int oldest = 3;

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

struct Parts {
    std::string_view time;
    std::string_view level;
    std::string_view module;
    std::string_view message;
};

std::optional<Parts> parts_of(std::string_view line) {
    Parts parts;
    for (auto* part : {&parts.time, &parts.level, &parts.module}) {
        if (!line.starts_with('[')) return std::nullopt;
        const auto end = line.find(']');
        if (end == std::string_view::npos) return std::nullopt;
        *part = line.substr(1, end - 1);
        line.remove_prefix(end + 1);
        if (line.starts_with(' ')) line.remove_prefix(1);
    }
    if (line.starts_with("- ")) line.remove_prefix(2);
    parts.message = line;
    return parts;
}

cli::Color color_of_level(std::string_view level) {
    if (level == "error" || level == "critical") return cli::Color::bad;
    if (level == "warning") return cli::Color::busy;
    return level == "info" ? cli::Color::good : cli::Color::faint;
}

}  // namespace

Result<LastLines> last_lines(const std::filesystem::path& state_dir, std::size_t count) {
    LastLines last;
    bool found = false;
    for (int age = 0; age <= oldest && (age == 0 || last.lines.size() < count); ++age) {
        const auto text = read_own_file(log_file(state_dir, age), largest_log);
        if (!text) return text.error();
        if (!*text) continue;
        found = true;
        // The last line of the current file may be incomplete.
        const auto whole = age == 0 ? (*text)->rfind('\n') + 1 : (*text)->size();  // npos + 1 is 0.
        if (age == 0) last.end = whole;
        auto lines = split(std::string_view(**text).substr(0, whole));
        std::ranges::move(last.lines, std::back_inserter(lines));
        last.lines = std::move(lines);
    }
    if (!found) {
        return Error{.code = ErrorCode::not_found,
                     .message = "There is no log yet at " + log_file(state_dir).string() + ".",
                     .next_step =
                         "`doze run` writes one; if it runs with another state directory, say so with "
                         "--state-dir."};
    }
    const auto surplus = last.lines.size() - std::min(count, last.lines.size());
    last.lines.erase(last.lines.begin(), last.lines.begin() + static_cast<std::ptrdiff_t>(surplus));
    return last;
}

std::string log_text(std::string_view line, bool color) {
    const auto parts = parts_of(line);
    if (!parts || !color) return cli::clean(line);
    return cli::colored("[" + cli::clean(parts->time) + "]", cli::Color::faint, true) + " [" +
           cli::colored(cli::clean(parts->level), color_of_level(parts->level), true) + "] [" +
           cli::clean(parts->module) + "] - " + cli::clean(parts->message);
}

std::string log_json(std::string_view line) {
    boost::json::object object;
    if (const auto parts = parts_of(line)) {
        object = {{"time", cli::clean(parts->time)},
                  {"level", cli::clean(parts->level)},
                  {"module", cli::clean(parts->module)},
                  {"message", cli::clean(parts->message)}};
    } else {
        object = {{"message", cli::clean(line)}};
    }
    return boost::json::serialize(object);
}

namespace {

Error system_error(std::string_view what, int code) {
    return {.code = ErrorCode::internal,
            .message = fmt::format("{}: {}.", what, std::generic_category().message(code)),
            .next_step = "`doze logs` without -f still shows what is there."};
}

/// Follows the current log file as it grows. After a rotation it first reads the rest of the old file.
class Follower {
   public:
    /// `end`: the position up to which the current file was read.
    static Result<Follower> open(const std::filesystem::path& state_dir, std::size_t end) {
        Follower follower(log_file(state_dir));
        follower.inotify_.reset(::inotify_init1(IN_CLOEXEC));
        if (!follower.inotify_) return system_error("The log can't be followed", errno);
        // Events: the file is written to, or a new one of its name appears.
        if (::inotify_add_watch(follower.inotify_.get(), state_dir.c_str(),
                                IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
            return system_error(fmt::format("The folder {} can't be watched", state_dir.string()), errno);
        }
        follower.reopen(end);
        return follower;
    }

    /// Calls `each` for every new complete line.
    template <class Each>
    void read(const Each& each) {
        drain(each);
        // After a rotation another file has the name, and the old one is complete.
        if (is_current()) return;
        drain(each);
        reopen(0);
        drain(each);
    }

    /// Blocks until something happens in the folder.
    [[nodiscard]] bool wait() {
        alignas(inotify_event) std::array<char, 16 << 10> buffer{};
        while (true) {
            const auto count = ::read(inotify_.get(), buffer.data(), buffer.size());
            if (count > 0) return true;
            if (errno != EINTR) return false;
        }
    }

   private:
    explicit Follower(std::filesystem::path path) : path_(std::move(path)) {}

    void reopen(std::size_t from) {
        fd_.reset(::open(path_.c_str(), O_RDONLY | O_CLOEXEC));
        rest_.clear();
        if (fd_) ::lseek(fd_.get(), static_cast<off_t>(from), SEEK_SET);
    }

    [[nodiscard]] bool is_current() const {
        struct stat named = {};
        struct stat open = {};
        if (::stat(path_.c_str(), &named) != 0) return true;  // No new file yet.
        return fd_ && ::fstat(fd_.get(), &open) == 0 && named.st_ino == open.st_ino && named.st_dev == open.st_dev;
    }

    template <class Each>
    void drain(const Each& each) {
        if (!fd_) return;
        struct stat info = {};
        // The file was truncated.
        if (::fstat(fd_.get(), &info) == 0 && info.st_size < ::lseek(fd_.get(), 0, SEEK_CUR)) {
            ::lseek(fd_.get(), 0, SEEK_SET);
            rest_.clear();
        }
        std::array<char, 16 << 10> buffer{};
        while (true) {
            const auto count = ::read(fd_.get(), buffer.data(), buffer.size());
            if (count < 0 && errno == EINTR) continue;
            if (count <= 0) break;
            rest_.append(buffer.data(), static_cast<std::size_t>(count));
            for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n')) {
                each(std::string_view(rest_).substr(0, end));
                rest_.erase(0, end + 1);
            }
        }
    }

    std::filesystem::path path_;
    UniqueFd inotify_;
    UniqueFd fd_;
    std::string rest_;  ///< An incomplete line.
};

}  // namespace

int show_logs(const cli::LogsOptions& options, const cli::Console& console) {
    const auto complain = [&](const Error& error) {
        console.err << "error: " << cli::clean(error.text()) << '\n';
        return cli::failed;
    };
    const auto print = [&](std::string_view line) {
        console.out << (options.json ? log_json(line) : log_text(line, options.color)) << '\n';
    };
    const auto last = last_lines(options.state_dir, options.lines);
    // The follower may be started before doze.
    std::error_code ignored;
    const bool waits = options.follow && std::filesystem::is_directory(options.state_dir, ignored);
    if (!last && !(waits && last.error().code == ErrorCode::not_found)) return complain(last.error());
    if (last)
        for (const auto& line : last->lines) print(line);
    if (!options.follow) return cli::success;
    auto follower = Follower::open(options.state_dir, last ? last->end : 0);
    if (!follower) return complain(follower.error());
    do {
        follower->read(print);
    } while (console.out.flush() && follower->wait());
    return cli::success;
}

}  // namespace doze::inspect
