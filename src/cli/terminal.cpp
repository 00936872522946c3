#include "cli/terminal.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <cwchar>
#include <fcntl.h>
#include <fmt/format.h>
#include <locale.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "base/text.hpp"

namespace doze::cli {

namespace {

// xterm's private modes, which all current terminals support: alternate screen (1049), no wrapping of long lines (7),
// no cursor (25).
constexpr std::string_view take_screen = "\x1b[?1049h\x1b[?7l\x1b[?25l";
constexpr std::string_view give_back = "\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l";

/// Opens the terminal at standard input anew: O_NONBLOCK belongs to the open file, which is shared with the shell and
/// others.
UniqueFd open_keys() {
    std::array<char, 256> name{};
    if (::ttyname_r(STDIN_FILENO, name.data(), name.size()) != 0) return UniqueFd();
    return UniqueFd(::open(name.data(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

}  // namespace

TerminalSize terminal_size() {
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0) return {};
    return {.columns = size.ws_col, .rows = size.ws_row};
}

FullScreen::FullScreen(std::ostream& out) : out_(out), keys_(open_keys()) {
    enter();
}

FullScreen::~FullScreen() {
    leave();
}

void FullScreen::enter() {
    if (entered_) return;
    entered_ = true;
    if (keys_ && ::tcgetattr(keys_.get(), &before_) == 0) {
        termios raw = before_;
        raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);  // Ctrl-C and Ctrl-Z still send signals.
        ::tcsetattr(keys_.get(), TCSANOW, &raw);
    }
    out_ << take_screen << std::flush;
}

void FullScreen::leave() {
    if (!entered_) return;
    entered_ = false;
    out_ << give_back << std::flush;
    if (keys_) ::tcsetattr(keys_.get(), TCSAFLUSH, &before_);
}

namespace {

/// The C library's table of character widths, independent of the process's locale.
class Utf8Locale {
   public:
    Utf8Locale() : locale_(::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr)) {
        if (locale_) before_ = ::uselocale(locale_.get());
    }
    ~Utf8Locale() {
        if (locale_) ::uselocale(before_);
    }
    Utf8Locale(const Utf8Locale&) = delete;
    Utf8Locale& operator=(const Utf8Locale&) = delete;

   private:
    Handle<std::remove_pointer_t<locale_t>, ::freelocale> locale_;
    locale_t before_ = nullptr;
};

/// Calls `each(bytes, character)` for every character; `character` is 0 for invalid bytes.
template <class Each>
void for_each_character(std::string_view text, Each each) {
    const Utf8Locale locale;
    std::mbstate_t state{};
    while (!text.empty()) {
        wchar_t character = 0;
        auto size = std::mbrtowc(&character, text.data(), text.size(), &state);
        if (size == 0 || size > text.size()) {  // A zero byte, or an invalid or incomplete character.
            size = 1;
            character = 0;
            state = {};
        }
        each(text.substr(0, size), character);
        text.remove_prefix(size);
    }
}

bool is_plain(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

}  // namespace

std::string clean(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    std::string out;
    for_each_character(printable(text), [&](std::string_view bytes, wchar_t character) {
        out += ::wcwidth(character) < 0 ? "\xEF\xBF\xBD" : bytes;  // U+FFFD replaces characters of unknown width.
    });
    return out;
}

std::size_t display_width(std::string_view text) {
    if (is_plain(text)) return text.size();
    std::size_t width = 0;
    for_each_character(text, [&](std::string_view, wchar_t character) {
        width += character == 0 ? 1U : static_cast<std::size_t>(std::max(0, ::wcwidth(character)));
    });
    return width;
}

std::string fit(std::string_view line, std::size_t columns) {
    std::string out;
    std::size_t width = 0;
    bool in_colour = false;   // Inside an escape sequence of colored().
    bool is_colored = false;  // Such a sequence is in effect.
    std::size_t kept = 0;     // Length of `out` that fits together with the "…".
    bool kept_colored = false;
    bool whole = true;
    for_each_character(line, [&](std::string_view bytes, wchar_t character) {
        if (!whole) return;
        if (character == L'\x1b') in_colour = true;
        if (in_colour) {
            out += bytes;
            in_colour = character != L'm';
            if (!in_colour) is_colored = !out.ends_with("[0m");
            return;
        }
        const auto wide = character == 0 ? 1U : static_cast<std::size_t>(std::max(0, ::wcwidth(character)));
        if (width + wide > columns) {
            whole = false;
            return;
        }
        width += wide;
        out += bytes;
        if (width < columns) {
            kept = out.size();
            kept_colored = is_colored;
        }
    });
    if (whole) return out;
    out.resize(kept);
    return out + (columns > 0 ? "…" : "") + (kept_colored ? "\x1b[0m" : "");
}

std::string colored(std::string_view text, Color color, bool enabled) {
    if (!enabled || color == Color::none || text.empty()) return std::string(text);
    // SGR codes of ECMA-48: green, yellow, blue, red, faint.
    constexpr std::array<int, 6> codes = {0, 32, 33, 34, 31, 2};
    return fmt::format("\x1b[{}m{}\x1b[0m", codes[static_cast<std::size_t>(color)], text);
}

Color color_of_state(std::string_view state) {
    struct Word {
        std::string_view word;
        Color color;
    };
    constexpr auto words = std::to_array<Word>({
        {"running", Color::good},      {"active", Color::good},    {"awake", Color::good},
        {"pending", Color::busy},      {"stopping", Color::busy},  {"shutting-down", Color::busy},
        {"updating", Color::busy},     {"creating", Color::busy},  {"deleting", Color::busy},
        {"draining", Color::busy},     {"idle", Color::busy},      {"starting", Color::busy},
        {"waking", Color::busy},       {"sleeping", Color::busy},  {"stopped", Color::asleep},
        {"asleep", Color::asleep},     {"away", Color::asleep},    {"degraded", Color::bad},
        {"create_failed", Color::bad}, {"failed", Color::bad},     {"delete_failed", Color::bad},
        {"unavailable", Color::bad},   {"unknown", Color::bad},    {"inactive", Color::faint},
        {"terminated", Color::faint},  {"disabled", Color::faint}, {"available", Color::good},
        {"modifying", Color::busy},    {"scaling", Color::busy},   {"empty", Color::asleep},
    });
    for (const auto& [word, color] : words) {
        if (equal_ignoring_case(state, word)) return color;
    }
    return Color::none;
}

namespace {

std::tm local(core::WallTime time) {
    const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
    std::tm parts{};
    ::localtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

std::string local_day(core::WallTime at, core::WallTime now) {
    const auto then = local(at);
    const auto is_day_of = [&](core::WallTime other) {
        const auto day = local(other);
        return then.tm_year == day.tm_year && then.tm_yday == day.tm_yday;
    };
    if (is_day_of(now)) return "today";
    if (is_day_of(now - std::chrono::hours(24))) return "yesterday";
    constexpr std::array<std::string_view, 7> days = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    return fmt::format("{} {:04}-{:02}-{:02}", days[static_cast<std::size_t>(then.tm_wday)], then.tm_year + 1900,
                       then.tm_mon + 1, then.tm_mday);
}

std::string ago(std::chrono::seconds age) {
    return age < std::chrono::seconds(2) ? "just now" : core::to_string(age) + " ago";
}

std::string local_clock(core::WallTime at) {
    const auto then = local(at);
    return fmt::format("{:02}:{:02}:{:02}", then.tm_hour, then.tm_min, then.tm_sec);
}

std::string local_time(core::WallTime at, core::WallTime now) {
    const auto then = local(at);
    const auto today = local(now);
    const auto clock = fmt::format("{:02}:{:02}", then.tm_hour, then.tm_min);
    if (then.tm_year == today.tm_year && then.tm_yday == today.tm_yday) return clock;
    return fmt::format("{:04}-{:02}-{:02} {}", then.tm_year + 1900, then.tm_mon + 1, then.tm_mday, clock);
}

namespace {

constexpr std::size_t gap = 2;

}  // namespace

std::string Table::text(bool color) const {
    auto rows = rows_;
    auto& heads = rows.emplace_back();
    for (const auto& head : heads_) heads.push_back({.text = head, .color = Color::faint});
    std::rotate(rows.begin(), rows.end() - 1, rows.end());

    std::vector<std::size_t> widths(heads_.size());
    for (auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            row[i].text = row[i].text.empty() && &row != &rows.front() ? "-" : clean(row[i].text);
            widths[i] = std::max(widths[i], display_width(row[i].text));
        }
    }
    // A heading is aligned like the numbers below it.
    for (std::size_t i = 0; i < heads_.size() && rows.size() > 1; ++i) rows[0][i].right = rows[1][i].right;

    std::string out;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            const auto& cell = row[i];
            const std::string pad(widths[i] - display_width(cell.text), ' ');
            const bool last = i + 1 == row.size();
            if (cell.right) out += pad;
            out += colored(cell.text, cell.color, color);
            if (!cell.right && !last) out += pad;
            if (!last) out.append(gap, ' ');
        }
        out += '\n';
    }
    return out;
}

}  // namespace doze::cli
