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

/// What `doze watch` shows.
struct Watched {
    std::optional<boost::json::object> status;  ///< The newest content of SYSTEM_STATUS.
    core::WallTime status_at;
    std::deque<boost::json::object> events;  ///< Oldest first.
    std::string trouble;                     ///< Why nothing newer comes; empty while it does.

    /// Keeps what there is room for on any screen. Signs of life of one kind in a row are one, with their sum.
    void add(const boost::json::object& event);
};

/// Lines of at most `size.columns`, at most `size.rows` of them.
[[nodiscard]] std::vector<std::string> watch_lines(const Watched& watched, TerminalSize size, core::WallTime now,
                                                   bool color);

/// `doze watch`: shows what doze does, on the whole terminal, until `q`, Ctrl-C or a signal. Blocks until then; the
/// result is the exit code.
int watch(const Arguments& arguments, const std::filesystem::path& socket, const Console& console);

}  // namespace doze::cli
