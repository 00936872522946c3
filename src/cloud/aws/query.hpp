#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doze::cloud::aws {

/// The parameters of one request of AWS's Query protocol (EC2, STS), in order.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// The content type of form().
inline constexpr std::string_view form_content_type = "application/x-www-form-urlencoded; charset=utf-8";

/// Parameters as the body of a POST.
[[nodiscard]] std::string form(const QueryParameters& parameters);

}  // namespace doze::cloud::aws
