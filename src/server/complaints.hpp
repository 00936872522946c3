#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "server/handler.hpp"

namespace doze::server {

/// Logs faults that others cause: at most one line a minute for each kind, with the number of occurrences meanwhile, so
/// that nobody can fill the disk by misbehaving. Loop's thread only.
class Complaints {
   public:
    static constexpr std::chrono::minutes between_lines{1};

    explicit Complaints(Warn warn) : warn_(std::move(warn)) {}

    /// `kind`: one of doze's own few words, never foreign text.
    void say(std::string_view kind, std::string_view text);

    /// Logs a line that helps the person once: it is never repeated. After some dozens of different lines, none is
    /// logged.
    void once(const std::string& text);

   private:
    struct Told {
        std::uint64_t untold = 0;
        std::optional<std::chrono::steady_clock::time_point> at;
    };

    Warn warn_;
    std::map<std::string, Told, std::less<>> told_;
    std::set<std::string> told_once_;
};

}  // namespace doze::server
