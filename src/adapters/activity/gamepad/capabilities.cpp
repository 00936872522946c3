#include "adapters/activity/gamepad/capabilities.hpp"

#include <charconv>
#include <linux/input-event-codes.h>
#include <vector>

namespace doze::activity::gamepad {

bool has_gamepad_buttons(std::string_view keys) {
    std::vector<unsigned long> words;
    while (!keys.empty()) {
        unsigned long word = 0;
        const auto [end, error] = std::from_chars(keys.data(), keys.data() + keys.size(), word, 16);
        if (error != std::errc()) return false;
        words.push_back(word);
        keys.remove_prefix(static_cast<std::size_t>(end - keys.data()));
        while (!keys.empty() && (keys.front() == ' ' || keys.front() == '\n')) keys.remove_prefix(1);
    }
    constexpr std::size_t width = 8 * sizeof(unsigned long);
    const auto has = [&](std::size_t button) {
        const std::size_t from_end = button / width;
        return from_end < words.size() && (words[words.size() - 1 - from_end] >> (button % width) & 1U) != 0;
    };
    return has(BTN_GAMEPAD) || has(BTN_JOYSTICK);
}

}  // namespace doze::activity::gamepad
