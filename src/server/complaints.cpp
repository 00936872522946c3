#include "server/complaints.hpp"

#include <fmt/format.h>

namespace doze::server {

void Complaints::say(std::string_view kind, std::string_view text) {
    if (!warn_) return;
    auto found = told_.find(kind);
    if (found == told_.end()) found = told_.emplace(kind, Told()).first;
    auto& told = found->second;
    ++told.untold;
    const auto now = std::chrono::steady_clock::now();
    if (told.at && now - *told.at < between_lines) return;
    told.at = now;
    const auto count = std::exchange(told.untold, 0);
    warn_(count == 1 ? std::string(text) : fmt::format("{} ({} such troubles since the last line.)", text, count));
}

void Complaints::once(const std::string& text) {
    constexpr std::size_t most = 32;
    if (warn_ && told_once_.size() < most && told_once_.insert(text).second) warn_(text);
}

}  // namespace doze::server
