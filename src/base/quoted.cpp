#include "base/quoted.hpp"

namespace doze {

std::string quoted(std::string_view text) {
    constexpr std::size_t longest = 64;
    std::string out = "'";
    for (const char c : text.substr(0, longest)) out += c >= ' ' && c <= '~' ? c : '?';
    out += text.size() > longest ? "...'" : "'";
    return out;
}

}  // namespace doze
