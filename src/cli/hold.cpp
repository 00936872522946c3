#include "cli/hold.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/handle.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "cli/client.hpp"
#include "cli/terminal.hpp"

extern char** environ;  // NOLINT: POSIX has no header for it.

namespace doze::cli {
namespace {

constexpr int cannot_run = 126;
constexpr int not_found = 127;
constexpr int ended_by_signal = 128;

/// Pause before the hold is requested again after a loss, such as doze's restart.
constexpr std::chrono::milliseconds ask_again(500);

/// The command line, cut to the length limit of a reason.
std::string reason_of(const std::vector<std::string>& command) {
    constexpr std::size_t longest = 200;
    std::string all;
    for (const auto& word : command) all += (all.empty() ? "" : " ") + word;
    return clean(first_bytes(all, longest)) + (all.size() > longest ? "..." : "");
}

/// Requests the hold, which lasts as long as the client.
Result<Client> hold(const std::filesystem::path& socket, const std::string& reason) {
    auto client = Client::connect(socket, {});
    if (!client) return client.error();
    auto answer = client->ask("HOLD", {{"reason", reason}});
    if (!answer) return answer.error();
    if (!answer->refused) return client;
    return Error{.message = string_at(answer->content, "message").value_or("doze refuses to hold.")};
}

/// Signals that this process handles, instead of being ended by them.
sigset_t watched_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int signal : {SIGCHLD, SIGINT, SIGQUIT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2}) ::sigaddset(&set, signal);
    return set;
}

struct Started {
    pid_t process = 0;
    int error = 0;
};

/// `mask` is the signal mask for the command.
Started start(const std::vector<std::string>& command, const sigset_t& mask) {
    std::vector<char*> arguments;
    arguments.reserve(command.size() + 1);
    for (const auto& word : command)
        arguments.push_back(const_cast<char*>(word.c_str()));  // POSIX promises not to modify them.
    arguments.push_back(nullptr);
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    ::posix_spawnattr_setsigmask(&attributes, &mask);
    Started started;
    started.error =
        ::posix_spawnp(&started.process, arguments.front(), nullptr, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    return started;
}

/// The exit code; empty while it runs.
std::optional<int> ended(pid_t process) {
    int status = 0;
    if (::waitpid(process, &status, WNOHANG) != process) return std::nullopt;
    return WIFSIGNALED(status) ? ended_by_signal + WTERMSIG(status) : WEXITSTATUS(status);
}

/// Passes on received signals, except those that the terminal (Ctrl-C) sent to the command as well.
void pass_on(int signals, pid_t process) {
    signalfd_siginfo heard{};
    if (::read(signals, &heard, sizeof heard) != sizeof heard || heard.ssi_signo == SIGCHLD) return;
    if (heard.ssi_code != SI_KERNEL) ::kill(process, static_cast<int>(heard.ssi_signo));
}

}  // namespace

int run_held(const std::vector<std::string>& command, const std::filesystem::path& socket, const Console& console) {
    const auto watched = watched_signals();
    sigset_t before;
    ::pthread_sigmask(SIG_BLOCK, &watched, &before);
    const UniqueFd signals(::signalfd(-1, &watched, SFD_CLOEXEC | SFD_NONBLOCK));

    const auto reason = reason_of(command);
    std::optional<Client> client;
    if (auto held = hold(socket, reason))
        client.emplace(std::move(*held));
    else
        console.err << "Nothing is held awake: " << clean(held.error().text()) << " The command runs all the same."
                    << std::endl;

    const auto [process, error] = start(command, before);
    if (error != 0) {
        console.err << "error: " << clean(command.front()) << ": " << std::generic_category().message(error) << '\n';
        return error == ENOENT ? not_found : cannot_run;
    }
    while (true) {
        std::array<pollfd, 2> waiting = {pollfd{.fd = signals.get(), .events = POLLIN, .revents = 0},
                                         pollfd{.fd = client ? client->fd() : -1, .events = POLLIN, .revents = 0}};
        ::poll(waiting.data(), waiting.size(), client ? -1 : static_cast<int>(ask_again.count()));
        if (waiting[0].revents != 0) pass_on(signals.get(), process);
        if (const auto code = ended(process)) return *code;
        if (waiting[1].revents != 0) {
            client.reset();  // Nothing but the end can still come on this connection.
        } else if (!client && waiting[0].revents == 0) {
            if (auto held = hold(socket, reason)) client.emplace(std::move(*held));
        }
    }
}

}  // namespace doze::cli
