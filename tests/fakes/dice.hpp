#pragma once

#include <cassert>
#include <cstdint>
#include <random>

#include "core/model/time.hpp"

namespace doze::fakes {

/// A range from which a span is drawn, both ends included.
struct Range {
    core::Duration min{0};
    core::Duration max{0};
};

/// Random numbers from a seed: the same seed gives the same run on every machine.
class Dice {
   public:
    explicit Dice(std::uint64_t seed) : generator_(seed) {}

    /// One of 0, 1, ... sides - 1. (std::uniform_int_distribution differs between libraries.)
    [[nodiscard]] std::uint64_t roll(std::uint64_t sides) {
        assert(sides > 0);
        return generator_() % sides;
    }

    [[nodiscard]] core::Duration draw(const Range& range) {
        assert(range.min <= range.max);
        const auto width = static_cast<std::uint64_t>((range.max - range.min).count());
        return range.min + core::Duration(static_cast<core::Duration::rep>(roll(width + 1)));
    }

   private:
    std::mt19937_64 generator_;
};

}  // namespace doze::fakes
