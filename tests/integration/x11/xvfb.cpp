#include "xvfb.hpp"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"
#include "integration/claim.hpp"

namespace doze::testing {

namespace {

/// A pipe; the end to write to is inherited by children that are told of it.
std::pair<UniqueFd, UniqueFd> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}

/// What Xvfb writes to -displayfd once it is ready: the number and a line feed.
std::string read_number(int fd) {
    std::string text;
    while (!text.ends_with('\n')) {
        pollfd ready{.fd = fd, .events = POLLIN, .revents = 0};
        std::array<char, 16> part{};
        if (::poll(&ready, 1, 60'000) != 1) throw std::runtime_error("Xvfb does not become ready");
        const ssize_t size = ::read(fd, part.data(), part.size());
        if (size <= 0) throw std::runtime_error("Xvfb does not start");
        text.append(part.data(), static_cast<std::size_t>(size));
    }
    text.pop_back();
    return text;
}

std::vector<std::string> server_command(const std::string& display, const std::vector<std::string>& options, int fd) {
    std::vector<std::string> command = {"Xvfb", display};
    command.insert(command.end(), {"-displayfd", std::to_string(fd), "-nolisten", "tcp", "-noreset"});
    command.insert(command.end(), options.begin(), options.end());
    return command;
}

}  // namespace

Child::Child(const std::vector<std::string>& command, const std::string& display, int extra_fd) {
    std::vector<char*> arguments;
    for (const std::string& part : command) arguments.push_back(const_cast<char*>(part.c_str()));
    arguments.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ < 0) throw std::runtime_error("no fork");
    if (pid_ > 0) return;

    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (!display.empty()) ::setenv("DISPLAY", display.c_str(), 1);
    if (extra_fd >= 0) ::fcntl(extra_fd, F_SETFD, 0);
    const int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, STDOUT_FILENO);
    ::dup2(nowhere, STDERR_FILENO);
    ::execvp(arguments[0], arguments.data());
    ::_exit(127);
}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}

int Child::wait() {
    int status = 0;
    const pid_t pid = std::exchange(pid_, -1);
    if (pid <= 0 || ::waitpid(pid, &status, 0) != pid || !WIFEXITED(status)) return -1;
    return WEXITSTATUS(status);
}

void Child::kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    wait();
}

Xvfb::Xvfb(const std::string& display, const std::vector<std::string>& options)
    : server_([&] {
          auto [reading, writing] = make_pipe();
          const auto chosen = display.empty() ? ":" + std::to_string(claim_display()) : display;
          Child server(server_command(chosen, options, writing.get()), "", writing.get());
          writing.reset();
          display_ = ":" + read_number(reading.get());
          return server;
      }()) {}

void Xvfb::run(const std::vector<std::string>& command) const {
    if (Child(command, display_).wait() != 0) throw std::runtime_error(command.front() + " failed");
}

}  // namespace doze::testing
