#pragma once

#include <cassert>

#include "ports/clock.hpp"

namespace doze::fakes {

/// A clock that moves only when told. Starts one hour after boot, on a Monday at 08:00 UTC.
class FakeClock final : public ports::Clock {
   public:
    [[nodiscard]] core::Now now() const override { return {boot_, wall_}; }
    [[nodiscard]] core::TimePoint boot() const { return boot_; }
    [[nodiscard]] core::WallTime wall() const { return wall_; }

    /// REQUIRES: not backwards.
    void advance(core::Duration span) {
        assert(span >= core::Duration::zero());
        boot_ += span;
        wall_ += span;
    }
    void advance_to(core::TimePoint at) { advance(at - boot_); }

    /// Sets the wall clock, in either direction.
    void set_wall(core::WallTime wall) { wall_ = wall; }

   private:
    core::TimePoint boot_ = core::TimePoint(std::chrono::hours(1));
    core::WallTime wall_ = std::chrono::sys_days(std::chrono::year(2026) / 1 / 5) + std::chrono::hours(8);
};

}  // namespace doze::fakes
