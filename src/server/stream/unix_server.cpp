#include "server/stream/unix_server.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "base/handle.hpp"

namespace doze::server {
namespace {

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

// Removes a leftover socket file; fails if somebody listens on it, or if it is not a socket.
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
    // The socket's mode before bind() becomes the file's mode from its first moment on.
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

}  // namespace

UnixServer::UnixServer(std::filesystem::path path) : path_(std::move(path)) {
    ::lstat(path_.c_str(), &file_);
}

UnixServer::~UnixServer() {
    if (is_in_place()) ::unlink(path_.c_str());
}

bool UnixServer::is_in_place() const {
    struct stat now {};
    return ::lstat(path_.c_str(), &now) == 0 && now.st_ino == file_.st_ino && now.st_dev == file_.st_dev;
}

Result<std::unique_ptr<UnixServer>> UnixServer::open(boost::asio::io_context& loop, const std::filesystem::path& path,
                                                     ConnectionHandler handler, Warn warn) {
    auto fd = listening_socket(path);
    if (!fd) return fd.error();
    std::unique_ptr<UnixServer> server(new UnixServer(path));
    const auto complaints = std::make_shared<Complaints>(std::move(warn));
    const auto on_foreign = [complaints](std::string_view protocol) {
        complaints->say("foreign", hung_up_on("A program", protocol));
    };
    const auto authorize = [handler = std::move(handler), on_foreign](Stream::Socket& socket) -> Result<SessionSetup> {
        if (may_talk(socket.native_handle())) return SessionSetup{.handler = handler, .on_foreign = on_foreign};
        return Error{.code = ErrorCode::unauthorized, .message = "This doze belongs to another user."};
    };
    server->server_.emplace(
        loop, std::move(*fd),
        StreamServer::Options{.name = "The command line's socket", .most_connections = most_connections}, authorize,
        complaints);
    return server;
}

}  // namespace doze::server
