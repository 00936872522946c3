#include "cloud/aws/query.hpp"

#include <gtest/gtest.h>

namespace doze::cloud::aws {
namespace {

TEST(Query, EncodesWhatAFormCannotCarry) {
    EXPECT_EQ(form({}), "");
    EXPECT_EQ(form({{"Action", "Stop"}, {"Filter.1.Name", "tag:a b"}}), "Action=Stop&Filter.1.Name=tag%3Aa%20b");
    EXPECT_EQ(form({{"NextToken", "a+/=&~-_.\xC3\xA9"}}), "NextToken=a%2B%2F%3D%26~-_.%C3%A9");
}

}  // namespace
}  // namespace doze::cloud::aws
