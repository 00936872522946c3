#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <optional>

#include "core/model/time.hpp"

namespace doze::daemon {

/// One deadline on CLOCK_BOOTTIME. Asio's own timers stand still during a suspend and would then be late
/// by as much; this one is due at once when the machine comes back.
class BootTimer {
   public:
    /// `on_due` is called on the loop, once per deadline.
    BootTimer(boost::asio::io_context& loop, std::function<void()> on_due);

    /// Replaces the deadline; none disarms.
    void set(std::optional<core::TimePoint> deadline);

   private:
    void wait();

    boost::asio::posix::stream_descriptor timer_;
    std::function<void()> on_due_;
    std::uint64_t expirations_ = 0;
};

}  // namespace doze::daemon
