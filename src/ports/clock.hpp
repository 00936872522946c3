#pragma once

#include "core/model/time.hpp"

namespace doze::ports {

/// Where the shell gets its time from. Not for the core, which is handed the time.
class Clock {
   public:
    virtual ~Clock() = default;
    [[nodiscard]] virtual core::Now now() const = 0;
};

}  // namespace doze::ports
