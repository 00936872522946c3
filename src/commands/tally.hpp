#pragma once

#include <cstddef>
#include <cstdint>
#include <map>

#include "core/model/resource.hpp"

namespace doze::commands {

/// What has been counted since the start.
struct Counters {
    struct Calls {
        std::uint64_t sleeps = 0;    ///< Resources that AWS was asked to put to sleep.
        std::uint64_t wakes = 0;     ///< The same, to wake.
        std::uint64_t failures = 0;  ///< Of both: refused, or without an answer.
    };
    std::map<core::Kind, Calls> calls;
    std::size_t listeners = 0;  ///< Connections that hear events now.
};

}  // namespace doze::commands
