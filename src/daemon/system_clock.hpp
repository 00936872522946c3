#pragma once

#include "ports/clock.hpp"

namespace doze::daemon {

/// The kernel's clocks: CLOCK_BOOTTIME, which goes on through a suspend, and CLOCK_REALTIME.
class SystemClock final : public ports::Clock {
   public:
    [[nodiscard]] core::Now now() const override;
};

}  // namespace doze::daemon
