#include "without_extension.hpp"

#include <array>
#include <poll.h>
#include <signal.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace doze::testing {

namespace {

sockaddr_un address_of(const std::string& display) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    ("/tmp/.X11-unix/X" + display.substr(1)).copy(address.sun_path, sizeof(address.sun_path) - 1);
    return address;
}

UniqueFd make_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

/// What came from one end, to be sent to the other; empty at its end.
std::string receive(int from) {
    std::array<char, 65536> part{};
    const ssize_t size = ::read(from, part.data(), part.size());
    return {part.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
}

bool send_all(int to, const std::string& text) {
    return ::send(to, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
}

void pass_on(int client, int server, const std::string& extension) {
    for (;;) {
        std::array<pollfd, 2> ends = {pollfd{.fd = client, .events = POLLIN, .revents = 0},
                                      pollfd{.fd = server, .events = POLLIN, .revents = 0}};
        if (::poll(ends.data(), ends.size(), -1) < 0) return;
        if (ends[0].revents != 0) {
            std::string said = receive(client);
            if (const auto at = said.find(extension); at != std::string::npos) said[at] = '?';
            if (said.empty() || !send_all(server, said)) return;
        }
        if (ends[1].revents != 0) {
            const std::string said = receive(server);
            if (said.empty() || !send_all(client, said)) return;
        }
    }
}

}  // namespace

std::string WithoutExtension::display_beside(const std::string& display) {
    return ":" + std::to_string(std::stoi(display.substr(1)) + 10'000);
}

WithoutExtension::WithoutExtension(const std::string& display, const std::string& extension)
    : display_(display_beside(display)), listener_(make_socket()) {
    const sockaddr_un here = address_of(display_);
    ::unlink(here.sun_path);
    if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&here), sizeof(here)) != 0 ||
        ::listen(listener_.get(), 1) != 0) {
        throw std::runtime_error("cannot be " + display_);
    }
    pid_ = ::fork();
    if (pid_ != 0) return;

    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const sockaddr_un there = address_of(display);
    for (;;) {
        const UniqueFd client(::accept(listener_.get(), nullptr, nullptr));
        const UniqueFd server = make_socket();
        if (::connect(server.get(), reinterpret_cast<const sockaddr*>(&there), sizeof(there)) != 0) ::_exit(1);
        pass_on(client.get(), server.get(), extension);
    }
}

WithoutExtension::~WithoutExtension() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    ::unlink(address_of(display_).sun_path);
}

}  // namespace doze::testing
