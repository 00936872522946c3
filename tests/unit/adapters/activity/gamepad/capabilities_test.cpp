#include <gtest/gtest.h>

#include "adapters/activity/gamepad/gamepad.hpp"

namespace doze::activity::gamepad {
namespace {

// As 64-bit kernels write them.

TEST(Capabilities, OfAGamepadHaveItsFirstButton) {
    EXPECT_TRUE(has_gamepad_buttons("7cdb000000000000 0 0 0 0\n"));
}

TEST(Capabilities, OfAJoystickHaveItsTrigger) {
    EXPECT_TRUE(has_gamepad_buttons("fff00000000 0 0 0 0\n"));
}

TEST(Capabilities, OfAKeyboardAndAMouseHaveNeither) {
    EXPECT_FALSE(has_gamepad_buttons("1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe\n"));
    EXPECT_FALSE(has_gamepad_buttons("ff0000 0 0 0 0\n")) << "a mouse";
    EXPECT_FALSE(has_gamepad_buttons("0\n"));
}

TEST(Capabilities, ThatAreNoneHaveNeither) {
    EXPECT_FALSE(has_gamepad_buttons(""));
    EXPECT_FALSE(has_gamepad_buttons("what is this"));
}

}  // namespace
}  // namespace doze::activity::gamepad
