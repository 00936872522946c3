#include "server/udp/outbox.hpp"

#include <cerrno>
#include <utility>

namespace doze::server {

Outbox::Outbox(Send send, Lost lost) : send_(std::move(send)), lost_(std::move(lost)) {}

bool Outbox::put(const Peer& peer, std::string_view text) {
    if (kept_.empty()) {
        const int error = send_(peer, text);
        if (error == 0) return true;
        if (error != EAGAIN) {
            lost_(peer, error);
            return true;
        }
    }
    if (kept_.size() >= most_kept) {
        lost_(peer, EAGAIN);
    } else {
        kept_.push_back({peer, std::string(text)});
    }
    return false;
}

bool Outbox::flush() {
    while (!kept_.empty()) {
        const Kept& next = kept_.front();
        const int error = send_(next.peer, next.text);
        if (error == EAGAIN) return false;
        if (error != 0) lost_(next.peer, error);
        kept_.pop_front();
    }
    return true;
}

}  // namespace doze::server
