#include "base/edit_distance.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace doze {
namespace {

/// Letters, digits and the punctuation used in names have a slot each; some other characters share one.
std::size_t slot(char c) {
    return static_cast<unsigned char>(upper_case(c)) & 0x3FU;
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

}  // namespace

EditDistance::EditDistance(std::string_view word) : size_(std::min(word.size(), longest)) {
    for (std::size_t i = 0; i < size_; ++i) places_[slot(word[i])] |= std::uint64_t{1} << i;
}

// Myers' bit-vector algorithm, in the form of Hyyrö 2003: one bit for each character of the word.
std::size_t EditDistance::to(std::string_view other) const {
    if (size_ == 0) return other.size();
    const std::uint64_t last = std::uint64_t{1} << (size_ - 1);
    std::uint64_t plus = ~std::uint64_t{0};
    std::uint64_t minus = 0;
    auto distance = size_;
    for (const char c : other) {
        const auto same = places_[slot(c)];
        const auto diagonal = (((same & plus) + plus) ^ plus) | same | minus;
        auto up = minus | ~(diagonal | plus);
        const auto down = plus & diagonal;
        if (up & last) ++distance;
        if (down & last) --distance;
        up = (up << 1) | 1;
        plus = (down << 1) | ~(diagonal | up);
        minus = up & diagonal;
    }
    return distance;
}

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    const EditDistance whole_word(word);
    if (word.size() > whole_word.size()) return {};  // No name in doze is as long.
    const EditDistance last_of_word(last_part(word));
    std::string_view best;
    std::optional<std::pair<std::size_t, std::size_t>> best_score;
    for (const auto candidate : candidates) {
        const auto whole = whole_word.to(candidate);
        const auto part = last_of_word.to(last_part(candidate));
        // A candidate with a third of its characters wrong is still close.
        const bool near = whole <= std::max<std::size_t>(1, candidate.size() / 3);
        const bool near_part = part <= last_part(candidate).size() / 3;
        if (!near && !near_part) continue;
        const std::pair score{near_part ? std::min(whole, part + 1) : whole, whole};
        if (!best_score || score < *best_score) {
            best = candidate;
            best_score = score;
        }
    }
    return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
    const auto best = nearest(word, candidates);
    return best.empty() ? std::string() : fmt::format(" (did you mean {}?)", best);
}

}  // namespace doze
