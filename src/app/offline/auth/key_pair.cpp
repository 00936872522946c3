#include "app/offline/auth/key_pair.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <string_view>
#include <termios.h>
#include <unistd.h>

#include "base/text.hpp"

namespace doze::auth {

namespace {

Error bad(std::string message, std::string next_step) {
    return {.code = ErrorCode::bad_request, .message = std::move(message), .next_step = std::move(next_step)};
}

volatile std::sig_atomic_t interrupted = 0;

/// The terminal shows nothing of what is typed until the end of the scope, be it by Ctrl-C.
class Silence {
   public:
    Silence() : active_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!active_) return;
        struct sigaction note = {};
        note.sa_handler = [](int) { interrupted = 1; };  // Without SA_RESTART: read() ends.
        ::sigaction(SIGINT, &note, &signals_before_);
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        quiet.c_lflag |= ECHONL;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    ~Silence() {
        if (!active_) return;
        ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
        ::sigaction(SIGINT, &signals_before_, nullptr);
        if (interrupted != 0) std::raise(SIGINT);
    }
    Silence(const Silence&) = delete;
    Silence& operator=(const Silence&) = delete;

   private:
    termios before_{};
    struct sigaction signals_before_ = {};
    bool active_;
};

/// One line of the standard input without blanks around it. Byte by byte, so that nothing stays in a buffer.
Secret read_line() {
    constexpr std::size_t longest = 1024;
    std::string text;
    text.reserve(longest);
    char c = '\0';
    while (text.size() < longest) {
        const auto count = ::read(STDIN_FILENO, &c, 1);
        if (count < 0 && errno == EINTR && interrupted == 0) continue;
        if (count <= 0 || c == '\n') break;
        text += c;
    }
    const Secret all = Secret::of(text);
    return Secret(trim(all.view()));
}

bool is_printable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

}  // namespace

Result<void> check_key_pair(const aws::Credentials& keys) {
    const auto& id = keys.access_key_id;
    const auto secret = keys.secret_access_key.view();
    if (id.empty() || secret.empty()) {
        return bad("Both an access key ID and a secret access key are needed.",
                   "On a terminal doze asks for them; otherwise give two lines on the standard input.");
    }
    if (id.starts_with("ASIA")) {
        return bad("An access key ID that begins with ASIA is temporary, and useless without its session token.",
                   "Make a key of your own (AKIA...) in IAM, or use SSO or a credential_process instead.");
    }
    // Sizes: IAM API reference, AccessKey.
    if (id.size() < 16 || id.size() > 128 || !is_printable(id) || id.find_first_of("[]=#;") != std::string::npos) {
        return bad("That is no access key ID.", "It looks like AKIAIOSFODNN7EXAMPLE.");
    }
    if (!is_printable(secret)) return bad("That is no secret access key.", "It has 40 letters, digits, / and +.");
    return {};
}

Result<aws::Credentials> ask_for_key_pair(const cli::Console& console) {
    const bool asks = ::isatty(STDIN_FILENO) == 1;
    if (asks) console.err << "AWS access key ID: " << std::flush;
    aws::Credentials keys{.access_key_id = std::string(read_line().view())};
    {
        // Before the question: who is quick must not see what they type, nor lose it.
        const Silence silence;
        if (asks) console.err << "AWS secret access key (not shown): " << std::flush;
        keys.secret_access_key = read_line();
    }
    if (auto good = check_key_pair(keys); !good) return good.error();
    keys.origin = "the key pair given";
    return keys;
}

}  // namespace doze::auth
