#include "app/daemon/hangup.hpp"

#include <csignal>
#include <fcntl.h>
#include <utility>

#include "base/handle.hpp"

namespace doze::daemon {
namespace {

constexpr std::chrono::milliseconds moment(300);

/// Whether this process has a controlling terminal (tty(4)).
bool has_terminal() {
    return static_cast<bool>(UniqueFd(::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK)));
}

}  // namespace

Hangup::Hangup(boost::asio::io_context& loop, bool is_ignored)
    : timer_(loop), had_terminal_(!is_ignored && has_terminal()) {}

void Hangup::judge(std::function<void(bool)> then) {
    timer_.expires_after(moment);
    timer_.async_wait([this, then = std::move(then)](const boost::system::error_code& error) {
        if (!error) then(had_terminal_ && !has_terminal());
    });
}

}  // namespace doze::daemon
