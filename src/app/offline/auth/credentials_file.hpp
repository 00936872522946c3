#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/protocol/credentials.hpp"

/// Edits the text of ~/.aws/credentials: one profile's keys, and nothing else. Comments, other profiles, other settings
/// of the profile and line ends stay. Pure.
namespace doze::auth {

/// Stands above the keys that doze put there.
inline constexpr std::string_view keys_marker = "# kept by `doze auth set`";

/// The text with these keys as the profile's, in place of those that it had.
[[nodiscard]] std::string with_keys(std::string_view text, std::string_view profile, const aws::Credentials& keys);

/// The text without the keys that with_keys() put there, which leaves keys of another origin alone; the same text where
/// there are none.
[[nodiscard]] std::string without_keys(std::string_view text, std::string_view profile);

}  // namespace doze::auth
