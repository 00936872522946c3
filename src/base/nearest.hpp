#pragma once

#include <span>
#include <string>
#include <string_view>

namespace doze {

/// The candidate that a person most likely meant by `word`, or empty if none is near: few typing errors
/// away, or with the same last part of a dotted key.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

/// " (did you mean X?)", or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace doze
