#pragma once

#include <string_view>

namespace doze::server {

/// web/index.html, built in.
extern const std::string_view page_html;

}  // namespace doze::server
