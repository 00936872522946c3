#include "app/daemon/boot_timer.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <sys/timerfd.h>
#include <utility>

namespace doze::daemon {

BootTimer::BootTimer(boost::asio::io_context& loop, std::function<void()> on_due)
    : timer_(loop, ::timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC)), on_due_(std::move(on_due)) {
    wait();
}

void BootTimer::set(std::optional<core::TimePoint> deadline) {
    itimerspec spec{};
    if (deadline) {
        // An all-zero value would disarm; the kernel takes any time in the past for due.
        const auto since_boot = std::max(deadline->time_since_epoch(), core::Duration(1));
        const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_boot);
        spec.it_value.tv_sec = seconds.count();
        spec.it_value.tv_nsec = std::chrono::nanoseconds(since_boot - seconds).count();
    }
    ::timerfd_settime(timer_.native_handle(), TFD_TIMER_ABSTIME, &spec, nullptr);
}

void BootTimer::wait() {
    timer_.async_read_some(boost::asio::buffer(&expirations_, sizeof expirations_), [this](auto error, std::size_t) {
        if (error == boost::asio::error::operation_aborted) return;  // `this` may be gone.
        wait();
        if (!error) on_due_();
    });
}

}  // namespace doze::daemon
