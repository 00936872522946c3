#include "base/version.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace doze {
namespace {

TEST(Version, IsOneThatDebianCompares) {
    EXPECT_THAT(std::string(version()), testing::MatchesRegex("[0-9]+[.][0-9]+[.][0-9]+(~git[0-9.]+[.][0-9a-f]+)?"));
}

}  // namespace
}  // namespace doze
