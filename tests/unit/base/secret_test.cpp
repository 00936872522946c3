#include "base/secret.hpp"

#include <gtest/gtest.h>
#include <string>
#include <sys/prctl.h>
#include <utility>

namespace doze {
namespace {

TEST(Secret, LeavesNothingBehindWhenItMoves) {
    for (const std::string text : {"short", "much longer than what fits into a string object"}) {
        Secret first(text);
        const Secret second(std::move(first));
        EXPECT_EQ(second.view(), text);
        EXPECT_TRUE(first.empty());  // NOLINT(bugprone-use-after-move)
        first = second;
        EXPECT_EQ(first, second);
    }
}

TEST(Secret, TakesATextOverAndLeavesNothingInIt) {
    for (std::string text : {"short", "much longer than what fits into a string object"}) {
        const std::string copy = text;
        const Secret secret = Secret::of(text);
        EXPECT_EQ(secret.view(), copy);
        EXPECT_TRUE(text.empty());
    }
}

TEST(Secret, IsOverwrittenWhenItGoes) {
    std::string text = "much longer than what fits into a string object";
    const char* memory = text.data();
    wipe(text);
    // The string is empty, but its memory is still its own.
    EXPECT_EQ(std::string(memory, 47), std::string(47, '\0'));
}

TEST(DispatcherState, CanBeKeptOutOfCoreDumps) {
    keep_memory_private();
    EXPECT_EQ(::prctl(PR_GET_DUMPABLE), 0);
    ::prctl(PR_SET_DUMPABLE, 1);
}

}  // namespace
}  // namespace doze
