#pragma once

#include <chrono>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <termios.h>
#include <vector>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::cli {

struct TerminalSize {
    int columns = 80;
    int rows = 24;
};

/// Size of the terminal at standard output; 80x24 if unknown.
[[nodiscard]] TerminalSize terminal_size();

/// Switches the terminal to a full-screen view: the alternate screen, no
/// cursor, no echo, keys unbuffered. leave() and the destructor restore
/// everything.
class FullScreen {
   public:
    /// `out` writes to the terminal at standard output.
    explicit FullScreen(std::ostream& out);
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    void enter();
    void leave();

    /// Descriptor for reading keys without blocking; -1 if standard input is not a terminal.
    [[nodiscard]] int keys() const { return keys_.get(); }

   private:
    std::ostream& out_;
    UniqueFd keys_;
    termios before_{};
    bool entered_ = false;
};

/// Makes foreign text (names, tags, descriptions) safe for a terminal: printable() of base/text.hpp.
[[nodiscard]] std::string clean(std::string_view text);

/// Number of terminal columns of clean UTF-8: 2 for Korean letters, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// Cuts a line to `columns`, ending in "…" if something is missing. Colour sequences take no columns.
[[nodiscard]] std::string fit(std::string_view line, std::size_t columns);

enum class Color { none, good, busy, asleep, bad, faint };

/// The text in that colour; unchanged if not `enabled`.
[[nodiscard]] std::string colored(std::string_view text, Color color, bool enabled);

/// The colour of a state in AWS's or doze's words: running is good, stopping is busy, stopped is asleep.
[[nodiscard]] Color color_of_state(std::string_view state);

/// "2 h 5 min ago", "just now".
[[nodiscard]] std::string ago(std::chrono::seconds age);

/// In the person's time zone: "14:02" if it is today, else "2026-11-23 14:02".
[[nodiscard]] std::string local_time(core::WallTime at, core::WallTime now);

/// Its day in the person's time zone: "today", "yesterday", else "Mon 2026-11-23".
[[nodiscard]] std::string local_day(core::WallTime at, core::WallTime now);

/// Time of day in the person's time zone: "14:02:03".
[[nodiscard]] std::string local_clock(core::WallTime at);

/// A table cell. The table cleans the text, which may be foreign.
struct Cell {
    std::string text;
    Color color = Color::none;
    bool right = false;  ///< Right-aligned, for numbers.
};

/// Aligned columns for people. Empty cells show as "-".
class Table {
   public:
    explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

    /// As many cells as there are headings.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// The table's lines, each with its line end.
    [[nodiscard]] std::string text(bool color) const;

   private:
    std::vector<std::string> heads_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace doze::cli
