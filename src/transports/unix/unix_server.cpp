#include "transports/unix/unix_server.hpp"

#include <algorithm>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <tuple>
#include <unistd.h>
#include <vector>

#include "base/handle.hpp"
#include "transports/unix/session.hpp"

namespace doze::transports {
namespace {

using boost::asio::local::stream_protocol;

Error cannot_listen(const std::filesystem::path& path, std::string_view why, std::string_view next_step) {
    return {.code = ErrorCode::internal,
            .message = fmt::format("The command line's socket {} can't be used: {}.", path.string(), why),
            .next_step = std::string(next_step)};
}

constexpr std::string_view other_state_dir = "Choose another directory with --state-dir or DOZE_STATE_DIR.";

sockaddr_un address_of(const std::filesystem::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
}

// Makes way for a new socket, unless what is there is somebody's.
Result<void> clear(const std::filesystem::path& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) return {};
    if (!S_ISSOCK(status.st_mode)) {
        return cannot_listen(path, "a file of another kind is in its place", "Move that file away.");
    }
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const auto address = address_of(path);
    if (::connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ||
        errno != ECONNREFUSED) {
        return cannot_listen(path, "another doze answers there", "Stop that one first, or use it.");
    }
    if (::unlink(path.c_str()) != 0)
        return cannot_listen(path, std::generic_category().message(errno), other_state_dir);
    return {};
}

Result<UniqueFd> listening_socket(const std::filesystem::path& path) {
    if (path.native().size() >= sizeof(sockaddr_un::sun_path)) {
        return cannot_listen(path,
                             fmt::format("its path has {} bytes, and a Unix socket's may have at most {}",
                                         path.native().size(), sizeof(sockaddr_un::sun_path) - 1),
                             other_state_dir);
    }
    if (auto cleared = clear(path); !cleared) return cleared.error();
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return cannot_listen(path, std::generic_category().message(errno), "");
    const auto address = address_of(path);
    // The mode of the socket before bind() is the mode of the file from its first moment on.
    if (::fchmod(fd.get(), S_IRUSR | S_IWUSR) != 0 ||
        ::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(fd.get(), SOMAXCONN) != 0) {
        return cannot_listen(path, std::generic_category().message(errno), other_state_dir);
    }
    return fd;
}

bool may_talk(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    return peer.uid == ::geteuid() || peer.uid == 0;
}

void turn_away(Session::Socket& socket, ErrorCode code, std::string_view message) {
    const std::string line = error_reply(code, message) + "\n";
    std::ignore = ::send(socket.native_handle(), line.data(), line.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

}  // namespace

class UnixServer::Core : public std::enable_shared_from_this<Core> {
   public:
    Core(stream_protocol::acceptor acceptor, const std::filesystem::path& path, ConnectionHandler handler, Warn warn)
        : acceptor_(std::move(acceptor)),
          pause_(acceptor_.get_executor()),
          path_(path),
          handler_(std::move(handler)),
          warn_(std::move(warn)) {
        ::lstat(path_.c_str(), &file_);
    }

    void accept() {
        acceptor_.async_accept([self = weak_from_this()](boost::system::error_code error, Session::Socket socket) {
            const auto core = self.lock();
            if (!core || !core->acceptor_.is_open()) return;
            if (error) return core->accept_later(error);
            core->welcome(std::move(socket));
            core->accept();
        });
    }

    void close() {
        boost::system::error_code ignored;
        acceptor_.close(ignored);
        pause_.cancel();
        for (const auto& known : sessions_) {
            if (const auto session = known.lock()) session->close();
        }
        struct stat now {};
        const bool ours = ::lstat(path_.c_str(), &now) == 0 && now.st_ino == file_.st_ino && now.st_dev == file_.st_dev;
        if (ours) ::unlink(path_.c_str());
    }

   private:
    void welcome(Session::Socket socket) {
        ::fcntl(socket.native_handle(), F_SETFD, FD_CLOEXEC);
        std::erase_if(sessions_, [](const std::weak_ptr<Session>& known) {
            const auto session = known.lock();
            return !session || !session->is_open();
        });
        if (!may_talk(socket.native_handle())) {
            return turn_away(socket, ErrorCode::unauthorized, "This doze belongs to another user.");
        }
        if (sessions_.size() >= most_connections) {
            return turn_away(socket, ErrorCode::rate_limited, "Too many connections are open. Close one first.");
        }
        const auto session = std::make_shared<Session>(std::move(socket), handler_);
        sessions_.push_back(session);
        session->start();
    }

    // Out of descriptors or memory: trying again at once would only spin.
    void accept_later(boost::system::error_code error) {
        if (warn_) warn_(fmt::format("The command line's socket can't accept a connection: {}.", error.message()));
        pause_.expires_after(std::chrono::seconds(1));
        pause_.async_wait([self = weak_from_this()](boost::system::error_code cancelled) {
            const auto core = self.lock();
            if (core && !cancelled && core->acceptor_.is_open()) core->accept();
        });
    }

    stream_protocol::acceptor acceptor_;
    boost::asio::steady_timer pause_;
    std::filesystem::path path_;
    ConnectionHandler handler_;
    Warn warn_;
    struct stat file_ {};  ///< The socket file, to remove no other.
    std::vector<std::weak_ptr<Session>> sessions_;
};

UnixServer::UnixServer(std::shared_ptr<Core> core) : core_(std::move(core)) {}

UnixServer::~UnixServer() {
    core_->close();
}

Result<std::unique_ptr<UnixServer>> UnixServer::open(boost::asio::io_context& loop, const std::filesystem::path& path,
                                                     ConnectionHandler handler, Warn warn) {
    auto fd = listening_socket(path);
    if (!fd) return fd.error();
    stream_protocol::acceptor acceptor(loop);
    boost::system::error_code error;
    acceptor.assign(stream_protocol(), fd->get(), error);
    if (error) return cannot_listen(path, error.message(), "");
    std::ignore = fd->release();  // The acceptor has it now.
    auto core = std::make_shared<Core>(std::move(acceptor), path, std::move(handler), std::move(warn));
    core->accept();
    return std::unique_ptr<UnixServer>(new UnixServer(std::move(core)));
}

}  // namespace doze::transports
