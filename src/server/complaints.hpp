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

/// What goes wrong because of others goes to the log at most once a minute for each kind, with how often it happened
/// meanwhile: nobody fills the disk by doing wrong. Lives on the loop's thread.
class Complaints {
   public:
    static constexpr std::chrono::minutes between_lines{1};

    explicit Complaints(Warn warn) : warn_(std::move(warn)) {}

    /// `kind`: one of doze's own few words, never a text of others.
    void say(std::string_view kind, std::string_view text);

    /// For what helps the person once: a line that was told is not told again. After some dozens nothing is.
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
