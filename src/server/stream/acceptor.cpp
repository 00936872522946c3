#include "server/stream/acceptor.hpp"

#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <tuple>
#include <utility>

namespace doze::server {
namespace {

int family_of(int fd) {
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
    return address.ss_family;
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& loop, UniqueFd listening, std::string name,
                   std::shared_ptr<Complaints> complaints)
    : acceptor_(loop), pause_(loop), name_(std::move(name)), complaints_(std::move(complaints)) {
    acceptor_.assign(boost::asio::generic::stream_protocol(family_of(listening.get()), 0), listening.get());
    std::ignore = listening.release();  // The acceptor has it now.
}

void Acceptor::start(Welcome welcome) {
    welcome_ = std::move(welcome);
    accept();
}

void Acceptor::close() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    pause_.cancel();
}

void Acceptor::accept() {
    acceptor_.async_accept([known = weak_from_this()](boost::system::error_code error, Stream::Socket socket) {
        const auto self = known.lock();
        if (!self || !self->acceptor_.is_open()) return;
        if (error) return self->accept_later(error);
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        self->welcome_(std::move(socket));
        self->accept();
    });
}

/// Out of descriptors or memory: trying again at once would only spin.
void Acceptor::accept_later(boost::system::error_code error) {
    complaints_->say("accept", fmt::format("{} can't accept a connection: {}.", name_, error.message()));
    pause_.expires_after(std::chrono::seconds(1));
    pause_.async_wait([known = weak_from_this()](boost::system::error_code cancelled) {
        const auto self = known.lock();
        if (self && !cancelled && self->acceptor_.is_open()) self->accept();
    });
}

}  // namespace doze::server
