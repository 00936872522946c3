#include "app/offline/auth/keep.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <string_view>
#include <termios.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "app/offline/auth/credentials_file.hpp"
#include "base/atomic_file.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"
#include "base/text.hpp"
#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"

namespace doze::auth {

namespace {

Error bad(std::string message, std::string next_step) {
    return {.code = ErrorCode::bad_request, .message = std::move(message), .next_step = std::move(next_step)};
}

volatile std::sig_atomic_t interrupted = 0;

/// Turns off the terminal's echo until destruction, also when interrupted by Ctrl-C.
class Silence {
   public:
    Silence() : active_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
        if (!active_) return;
        struct sigaction note = {};
        note.sa_handler = [](int) { interrupted = 1; };  // Without SA_RESTART, so that read() returns.
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

/// One line of standard input, trimmed. Read byte by byte, so that nothing stays in a buffer.
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
        // Before the prompt: early input must be neither shown nor lost.
        const Silence silence;
        if (asks) console.err << "AWS secret access key (not shown): " << std::flush;
        keys.secret_access_key = read_line();
    }
    if (auto good = check_key_pair(keys); !good) return good.error();
    keys.origin = "the key pair given";
    return keys;
}

namespace fs = std::filesystem;
namespace json = boost::json;

namespace {

int complain(const cli::Console& console, const Error& error) {
    console.err << "error: " << cli::clean(error.text()) << '\n';
    return error.code == ErrorCode::bad_request ? cli::usage : cli::failed;
}

/// Whether a name can be a [section] of its own, which DEFAULT is not.
bool is_profile_name(std::string_view name) {
    return name != "DEFAULT" &&
           std::ranges::none_of(name, [](unsigned char c) { return c < ' ' || c == '[' || c == ']'; });
}

boost::asio::awaitable<Result<aws::sts::Identity>> check(access::CloudAccess& aws, aws::Credentials keys) {
    auto region = co_await aws.default_region();
    if (!region) co_return region.error();
    aws::FixedCredentials provider(std::move(keys));
    aws::SignedClient client(aws.context().client_with(provider));
    Region where = *region ? (*region)->region : Region("us-east-1");
    co_return co_await aws::sts::caller_identity(client, std::move(where));
}

/// Rewrites the credentials file, unless `edit` changes nothing.
template <class Edit>
Result<bool> edit_file(const fs::path& file, Edit edit) {
    auto before = read_own_file(file, aws::Profiles::largest_file);
    if (!before) return before.error();
    auto after = edit(*before ? std::string_view(**before) : std::string_view());
    const bool changes = *before ? after != **before : !after.empty();
    Result<void> written;
    if (changes) {
        if (auto made = make_private_dir(file.parent_path()); !made) written = made.error();
        if (written) written = write_file(file, after, *before, FileMode::owner_only);
    }
    wipe(after);
    if (*before) wipe(**before);
    if (!written) return written.error();
    return changes;
}

}  // namespace

int set_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console) {
    auto& aws = runtime.aws();
    const auto& profiles = aws.account().profiles;
    const std::string profile = profiles.chosen();
    if (!is_profile_name(profile)) {
        return complain(console, {.code = ErrorCode::bad_request, .message = "That is no name of a profile."});
    }
    const auto keys = ask_for_key_pair(console);
    if (!keys) return complain(console, keys.error());
    const auto identity = *runtime.run(check(aws, *keys), offline::Runtime::no_end, "");
    if (!identity) return complain(console, identity.error().within("These keys are not kept"));

    std::string place = "the desktop's keyring";
    if (auto kept = *runtime.run(aws.keyring().write(profile, aws::keyring_text(*keys)), offline::Runtime::no_end, "");
        !kept) {
        if (kept.error().code != ErrorCode::not_found) return complain(console, kept.error());
        place = profiles.credentials_path();
        const auto edit = [&](std::string_view text) { return with_keys(text, profile, *keys); };
        if (auto written = edit_file(place, edit); !written) return complain(console, written.error());
    }
    if (options.json) {
        console.out << cli::pretty(json::object{
            {"profile", profile}, {"account", identity->account}, {"arn", identity->arn}, {"kept_in", place}});
    } else {
        console.out << fmt::format("The keys of {} (account {}) are kept in {}, as profile {}.\n",
                                   cli::clean(identity->arn), cli::clean(identity->account), cli::clean(place),
                                   cli::clean(profile));
    }
    if (!profiles.is_explicit() && console.environment("AWS_ACCESS_KEY_ID")) {
        console.err << "note: AWS_ACCESS_KEY_ID is set in this environment, and goes before them.\n";
    }
    return cli::success;
}

int forget_keys(offline::Runtime& runtime, const cli::AuthOptions& options, const cli::Console& console) {
    auto& aws = runtime.aws();
    const auto& profiles = aws.account().profiles;
    const std::string profile = profiles.chosen();
    std::vector<std::string> places;
    const auto erased = *runtime.run(aws.keyring().erase(profile), offline::Runtime::no_end, "");
    if (!erased && erased.error().code != ErrorCode::not_found) return complain(console, erased.error());
    if (erased && *erased) places.emplace_back("the desktop's keyring");
    const std::string file = profiles.credentials_path();
    const auto edited = edit_file(file, [&](std::string_view text) { return without_keys(text, profile); });
    if (!edited) return complain(console, edited.error());
    if (*edited) places.push_back(file);

    if (options.json) {
        console.out << cli::pretty(
            json::object{{"profile", profile}, {"forgotten_in", json::array(places.begin(), places.end())}});
    } else if (places.empty()) {
        console.out << fmt::format("doze keeps no keys for profile {}.\n", cli::clean(profile));
    } else {
        console.out << fmt::format("Forgotten: the keys of profile {} in {}.\n", cli::clean(profile),
                                   cli::clean(fmt::format("{}", fmt::join(places, " and "))));
    }
    if (!places.empty())
        console.err << "note: a doze that runs keeps the keys that it has read until it is restarted.\n";
    return cli::success;
}

}  // namespace doze::auth
