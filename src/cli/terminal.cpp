#include "cli/terminal.hpp"

#include <array>
#include <fcntl.h>
#include <string_view>
#include <sys/ioctl.h>
#include <unistd.h>

namespace doze::cli {
namespace {

// Private modes of xterm that every terminal of today knows: another screen (1049), no wrapping of long lines (7), no
// cursor (25).
constexpr std::string_view take_screen = "\x1b[?1049h\x1b[?7l\x1b[?25l";
constexpr std::string_view give_back = "\x1b[0m\x1b[?25h\x1b[?7h\x1b[?1049l";

/// The terminal behind the standard input, opened anew: not to block is a property of the opening, which the shell and
/// others share.
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
        raw.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON);  // Ctrl-C and Ctrl-Z stay signals.
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

}  // namespace doze::cli
