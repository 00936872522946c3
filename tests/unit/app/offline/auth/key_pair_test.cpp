#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/offline/auth/keep.hpp"

namespace doze::auth {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string problem(const std::string& id, const std::string& secret) {
    const auto checked = check_key_pair({.access_key_id = id, .secret_access_key = Secret(secret)});
    return checked ? "" : checked.error().text();
}

TEST(KeyPair, IsTakenAsAwsMakesIt) {
    EXPECT_EQ(problem("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"), "");
}

TEST(KeyPair, ThatCannotBeOneIsRefusedWithoutShowingIt) {
    EXPECT_THAT(problem("", "hush"), HasSubstr("Both"));
    EXPECT_THAT(problem("AKIAIOSFODNN7EXAMPLE", ""), HasSubstr("Both"));
    EXPECT_THAT(problem("AKIA", "hush"), HasSubstr("no access key ID"));
    EXPECT_THAT(problem("hush hush hush hush", "hush"), HasSubstr("no access key ID"));
    EXPECT_THAT(problem("[AKIAIOSFODNN7EXAM]", "hush"), HasSubstr("no access key ID"));
    EXPECT_THAT(problem("ASIAIOSFODNN7EXAMPLE", "hush"), HasSubstr("temporary"));
    EXPECT_THAT(problem("AKIAIOSFODNN7EXAMPLE", "hush hush"), HasSubstr("no secret access key"));
    EXPECT_THAT(problem("AKIAIOSFODNN7EXAMPLE", "hush\x01"), Not(HasSubstr("hush")));
}

}  // namespace
}  // namespace doze::auth
