#pragma once

#include <boost/json/object.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/aws/credentials/provider.hpp"
#include "base/json.hpp"

/// JSON that holds secrets: its memory is overwritten when it goes.
namespace doze::aws {

/// An empty object in such memory.
[[nodiscard]] boost::json::object secret_object();

/// None for anything but an object.
[[nodiscard]] std::optional<boost::json::object> parse_secret_json(std::string_view text);

/// The object as text.
[[nodiscard]] Secret to_secret_text(const boost::json::object& object);

/// Keys as AWS's endpoints and credential programs write them: AccessKeyId, SecretAccessKey, the session token under
/// `token_name`, and Expiration, the last two where there are any. `whose` begins the error: "The endpoint X".
[[nodiscard]] Result<Credentials> read_keys(const boost::json::object& object, std::string_view token_name,
                                            std::string_view whose);

}  // namespace doze::aws
