#pragma once

#include <string>
#include <string_view>

#include "adapters/aws/protocol/credentials.hpp"

/// Edits one profile's keys in the text of ~/.aws/credentials. Comments, other profiles, the profile's other settings
/// and line ends stay unchanged. Pure.
namespace doze::auth {

/// The comment above keys that doze wrote.
inline constexpr std::string_view keys_marker = "# kept by `doze auth set`";

/// The text with these keys in the profile, replacing its old ones.
[[nodiscard]] std::string with_keys(std::string_view text, std::string_view profile, const aws::Credentials& keys);

/// The text without the keys that with_keys() wrote. Other keys stay; if there are none of doze's, the text is
/// unchanged.
[[nodiscard]] std::string without_keys(std::string_view text, std::string_view profile);

}  // namespace doze::auth
