#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doze {

/// How many insertions, deletions and replacements of a character lie between one word and others, without regard to
/// case. Of the word only the first 64 characters count. A comparison takes one step for each character of the other.
class EditDistance {
   public:
    explicit EditDistance(std::string_view word);

    /// Of the word, as far as it counts.
    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] std::size_t to(std::string_view other) const;

   private:
    static constexpr std::size_t longest = 64;  ///< A bit each.

    std::size_t size_;
    std::array<std::uint64_t, longest> places_{};  ///< For each character, where in the word it stands.
};

/// The candidate that a person most likely meant by `word`, or empty if none is near: few typing errors away, or with
/// the same last part of a dotted key.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean X?)", or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace doze
