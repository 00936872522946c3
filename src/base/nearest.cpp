#include "base/nearest.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <vector>

namespace doze {
namespace {

/// Insertions, deletions and replacements between two words (Levenshtein).
std::size_t distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

std::string_view last_part(std::string_view key) {
    return key.substr(key.rfind('.') + 1);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    constexpr std::size_t longest = 128;  // No key of ours comes near it, and the work grows with the square.
    if (word.size() > longest) return {};
    std::string_view best;
    std::optional<std::pair<std::size_t, std::size_t>> best_score;
    for (const auto candidate : candidates) {
        const auto whole = distance(word, candidate);
        const auto part = distance(last_part(word), last_part(candidate));
        // A third wrong still reads as the word; more does not.
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
