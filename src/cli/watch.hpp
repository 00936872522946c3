#pragma once

#include <boost/json/object.hpp>
#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "cli/command_line.hpp"
#include "cli/console.hpp"
#include "cli/terminal.hpp"
#include "core/model/time.hpp"

namespace doze::cli {

/// The data that `doze watch` shows.
struct Watched {
    std::optional<boost::json::object> status;  ///< The newest content of SYSTEM_STATUS.
    core::WallTime status_at;
    std::deque<boost::json::object> events;  ///< Oldest first.
    std::string trouble;                     ///< Why no updates arrive; empty while they do.

    /// Adds an event, and drops those that no screen has room for. Consecutive signs of life of one kind are added up.
    void add(const boost::json::object& event);
};

/// The view as at most `size.rows` lines of at most `size.columns`.
[[nodiscard]] std::vector<std::string> watch_lines(const Watched& watched, TerminalSize size, core::WallTime now,
                                                   bool color);

/// `doze watch`: shows doze's state on the whole terminal until `q`, Ctrl-C or a signal. Blocks until then; returns the
/// exit code.
int watch(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
