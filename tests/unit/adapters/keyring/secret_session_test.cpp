#include "adapters/keyring/secret_session.hpp"

#include <gtest/gtest.h>
#include <string>

namespace doze::keyring {
namespace {

class Agreed : public testing::Test {
   protected:
    Agreed() {
        EXPECT_TRUE(one_.agree(other_.public_key()));
        EXPECT_TRUE(other_.agree(one_.public_key()));
    }

    SecretSession one_;
    SecretSession other_;
};

TEST_F(Agreed, SessionsReadWhatTheOtherSealed) {
    for (const std::string text :
         {"", "hush", "sixteen letters!", "much longer than one block of the cipher, by far"}) {
        const auto opened = other_.unseal(one_.seal(Secret(text)));
        ASSERT_TRUE(opened);
        EXPECT_EQ(opened->view(), text);
    }
}

TEST_F(Agreed, SessionsSealTheSameTextDifferentlyEachTime) {
    const auto first = one_.seal(Secret("hush"));
    const auto second = one_.seal(Secret("hush"));
    EXPECT_NE(first.value, second.value);
    EXPECT_EQ(first.parameters.size(), 16U);
    EXPECT_EQ(first.value.size(), 16U);
}

TEST_F(Agreed, SessionsRefuseWhatIsNotTheirs) {
    SecretSession stranger;
    ASSERT_TRUE(stranger.agree(one_.public_key()));
    const std::string text(100, 'x');
    const auto opened = stranger.unseal(one_.seal(Secret(text)));
    EXPECT_FALSE(opened && opened->view() == text);
    EXPECT_FALSE(other_.unseal({}));
    EXPECT_FALSE(other_.unseal({.parameters = Bytes(16), .value = {}}));
    EXPECT_FALSE(other_.unseal({.parameters = Bytes(15), .value = Bytes(16)}));
    EXPECT_FALSE(other_.unseal({.parameters = Bytes(16), .value = Bytes(17)}));
}

TEST(SecretSession, RefusesKeysThatMakeAKnownSecret) {
    SecretSession session;
    EXPECT_FALSE(session.agree({}));
    EXPECT_FALSE(session.agree({0}));
    EXPECT_FALSE(session.agree({1}));
    EXPECT_FALSE(session.agree(Bytes(128, 0xFF)));
    EXPECT_FALSE(session.agree(Bytes(129, 1)));
}

TEST(SecretSession, HasAKeyOfItsOwnEachTime) {
    EXPECT_NE(SecretSession().public_key(), SecretSession().public_key());
    EXPECT_EQ(SecretSession().public_key().size(), 128U);
}

}  // namespace
}  // namespace doze::keyring
