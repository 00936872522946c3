#include "server/admission/same_user.hpp"

#include <algorithm>
#include <netinet/in.h>
#include <random>
#include <unistd.h>
#include <utility>

namespace doze::server {
namespace {

/// How long nobody is expected to have joined a socket at its port.
constexpr std::chrono::seconds alone_for(1);

constexpr std::size_t most_remembered = 4096;

constexpr std::chrono::minutes refused_for(1);

/// How often it is asked who is at a port, and whether somebody could join, in an order that nobody foresees. A
/// stranger who is never seen and yet makes the port look exclusive must be there for each question of one kind, and
/// gone for each of the other.
constexpr unsigned questions = 16;

bool is_held_by(const KnownSocket& socket, uid_t user) {
    return socket.is_held && socket.user == user;
}

}  // namespace

Result<SameUser> SameUser::open() {
    auto table = SocketDiagnostics::open();
    if (!table) return table.error();
    return SameUser(std::move(*table));
}

bool SameUser::has_connection(const End& there, const End& here) {
    const auto found = table_->find(IPPROTO_TCP, {plain(there.ip), there.port}, {plain(here.ip), here.port});
    // Where the connection is gone the kernel may show somebody's listening socket in its place.
    return found && found->port == there.port && found->peer_port == here.port &&
           (is_held_by(*found, ::geteuid()) || is_held_by(*found, 0));
}

bool SameUser::has_sent(const End& there, const End& here, Time now) {
    const End from{plain(there.ip), there.port};
    const End to{plain(here.ip), here.port};
    const auto found = table_->find(IPPROTO_UDP, from, to);
    if (!found || found->port != there.port || !is_held_by(*found, ::geteuid())) return false;
    const auto known = alone_.find(found->cookie);
    if (known != alone_.end() && now - known->second < alone_for) return true;
    if (!is_alone(from, *found, to, now)) return false;
    if (alone_.size() >= most_remembered) alone_.clear();
    alone_[found->cookie] = now;
    return true;
}

/// Sockets that allow it (SO_REUSEADDR) share a port, also of several users: any of them may have sent this, and be
/// gone by now. And whoever has the port on one address of this machine can write in the name of another one.
bool SameUser::is_alone(const End& there, const KnownSocket& socket, const End& here, Time now) {
    const auto refused = refused_.find(there.port);
    if (refused != refused_.end() && now - refused->second < refused_for) return false;
    const auto nobody_else = [&] {
        return std::ranges::all_of(table_->with_udp_port(there.port),
                                   [](const KnownSocket& other) { return is_held_by(other, ::geteuid()); });
    };
    if (!nobody_else()) return false;
    auto order = std::random_device()();
    for (unsigned i = 0; i < questions; ++i, order >>= 1U) {
        if ((order & 1U) != 0 || i == 0) {
            if (table_->is_exclusive(there)) continue;
            const auto again = table_->find(IPPROTO_UDP, there, here);
            if (again && again->cookie == socket.cookie) refuse_port(there.port, now);
            return false;
        }
        if (!nobody_else()) return false;
    }
    return nobody_else();
}

void SameUser::refuse_port(std::uint16_t port, Time now) {
    if (refused_.size() >= most_remembered)
        std::erase_if(refused_, [&](const auto& each) { return now - each.second >= refused_for; });
    refused_[port] = now;
}

}  // namespace doze::server
