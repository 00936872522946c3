#pragma once

#include <cstdint>
#include <optional>

#include "core/model/time.hpp"

namespace doze::activity {

/// Input, out of an idle time that is read every few seconds (at least 2). Its unit is found out by looking how fast it
/// grows: the specification of org.freedesktop.ScreenSaver says seconds, KDE answers milliseconds. Pure.
class IdleReadings {
   public:
    /// When there was input, if `reading`, taken at `at`, tells of any that was not told yet.
    [[nodiscard]] std::optional<core::TimePoint> next(std::uint32_t reading, core::TimePoint at);

   private:
    struct Reading {
        std::uint32_t value;
        core::TimePoint at;
    };

    void learn_unit(const Reading& now);

    std::optional<core::Duration> unit_;
    int like_seconds_ = 0;  ///< So many times in a row it grew by the seconds that passed.
    std::optional<Reading> last_;
    core::TimePoint told_;
};

}  // namespace doze::activity
