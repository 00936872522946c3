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

/// How large the terminal of the standard output is now; 80x24 where it does not say.
[[nodiscard]] TerminalSize terminal_size();

/// The whole of the terminal, for a view that redraws: another screen than the one with what was printed before,
/// without a cursor; keys are not shown, and come at once. All of it is as before after leave(), or at the end of the
/// scope.
class FullScreen {
   public:
    /// `out` writes to the terminal of the standard output.
    explicit FullScreen(std::ostream& out);
    ~FullScreen();
    FullScreen(const FullScreen&) = delete;
    FullScreen& operator=(const FullScreen&) = delete;

    void enter();
    void leave();

    /// The terminal's keys, to be read without blocking; -1 where the standard input is no terminal.
    [[nodiscard]] int keys() const { return keys_.get(); }

   private:
    std::ostream& out_;
    UniqueFd keys_;
    termios before_{};
    bool entered_ = false;
};

/// Text from elsewhere (names, tags, descriptions) made safe for a terminal: printable() of base/text.hpp.
[[nodiscard]] std::string clean(std::string_view text);

/// How many columns a terminal takes for clean UTF-8: 2 for Korean letters, 0 for combining marks.
[[nodiscard]] std::size_t display_width(std::string_view text);

/// As much of one line as `columns` hold, with "…" at its end if something is missing. Colours take no room.
[[nodiscard]] std::string fit(std::string_view line, std::size_t columns);

enum class Color { none, good, busy, asleep, bad, faint };

/// The text in that colour, or as it is where `enabled` is false.
[[nodiscard]] std::string colored(std::string_view text, Color color, bool enabled);

/// The colour of a state in AWS's or doze's words: running is good, stopping busy, stopped asleep.
[[nodiscard]] Color color_of_state(std::string_view state);

/// "2 h 5 min ago", "just now".
[[nodiscard]] std::string ago(std::chrono::seconds age);

/// A moment in the person's time zone: "14:02" if it is today, else "2026-11-23 14:02".
[[nodiscard]] std::string local_time(core::WallTime at, core::WallTime now);

/// Its day in the person's time zone: "today", "yesterday", else "Mon 2026-11-23".
[[nodiscard]] std::string local_day(core::WallTime at, core::WallTime now);

/// A moment of the day in the person's time zone: "14:02:03".
[[nodiscard]] std::string local_clock(core::WallTime at);

/// One cell. The text may come from anywhere: the table cleans it.
struct Cell {
    std::string text;
    Color color = Color::none;
    bool right = false;  ///< Numbers.
};

/// Aligned columns for people. Cells without text show as "-".
class Table {
   public:
    explicit Table(std::vector<std::string> heads) : heads_(std::move(heads)) {}

    /// As many cells as there are heads.
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }

    [[nodiscard]] bool empty() const { return rows_.empty(); }

    /// Lines, each with its end.
    [[nodiscard]] std::string text(bool color) const;

   private:
    std::vector<std::string> heads_;
    std::vector<std::vector<Cell>> rows_;
};

}  // namespace doze::cli
