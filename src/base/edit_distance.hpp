#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace doze {

/// Levenshtein distance between one word and others, ignoring ASCII case. Only the first 64 bytes of the word count. A
/// comparison takes time linear in the length of the other text.
class EditDistance {
   public:
    explicit EditDistance(std::string_view word);

    /// Length of the word, at most `longest`.
    [[nodiscard]] std::size_t size() const { return size_; }

    [[nodiscard]] std::size_t to(std::string_view other) const;

   private:
    static constexpr std::size_t longest = 64;  ///< One bit per byte.

    std::size_t size_;
    std::array<std::uint64_t, longest> places_{};  ///< For each character, a bit mask of its positions in the word.
};

/// The candidate that a person most likely meant by `word`, or empty if none is close: a few typing errors away, or
/// with a similar last part of a dotted key.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean X?)", or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace doze
