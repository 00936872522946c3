#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "adapters/aws/protocol/credentials.hpp"
#include "core/model/time.hpp"

/// What the places where keys may be have in common.
namespace doze::aws {

/// A place that has no keys; the next one is asked. `why` reads as "No AWS credentials: WHY, and ...".
struct NotConfigured {
    std::string why;
    bool for_now = false;  ///< It can't be asked at the moment, and may have some.
};

/// The keys, or why there are none here, or a reason to look no further.
using ProviderResult = std::variant<Credentials, NotConfigured, Error>;

[[nodiscard]] Error no_credentials(std::string message, std::string next_step);

/// ISO 8601 with a zone: 2026-03-01T12:00:00+00:00, ...Z, ...UTC (as older AWS CLIs write it). Fractions of a second
/// are dropped.
[[nodiscard]] std::optional<core::WallTime> parse_time(std::string_view text);

}  // namespace doze::aws
