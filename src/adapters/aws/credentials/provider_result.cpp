#include "adapters/aws/credentials/provider_result.hpp"

#include <chrono>
#include <fmt/chrono.h>
#include <time.h>
#include <utility>

namespace doze::aws {

Error no_credentials(std::string message, std::string next_step) {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

std::optional<core::WallTime> parse_time(std::string_view text) {
    std::string plain(text);
    if (plain.ends_with("UTC")) plain.replace(plain.size() - 3, 3, "Z");
    if (const auto dot = plain.find('.'); dot != std::string::npos) {
        plain.erase(dot, plain.find_first_not_of("0123456789", dot + 1) - dot);
    }
    std::tm parts = {};
    const char* rest = ::strptime(plain.c_str(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    const long ahead = parts.tm_gmtoff;
    return core::WallTime(std::chrono::seconds(::timegm(&parts) - ahead));
}

}  // namespace doze::aws
