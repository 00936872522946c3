// What lets a client in.
#include "protocol/handshake.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>

namespace doze::protocol {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

/// What a connection whose token is "abc" makes of a message.
struct Door {
    std::string shown = "none";
    std::string said;

    std::optional<Result<void>> take(std::string_view message) {
        const auto check = [this](std::string_view token) -> Result<void> {
            shown = token;
            if (token == "abc") return {};
            return Error{.code = ErrorCode::unauthorized, .message = "No."};
        };
        return authenticate(message, check, [this](std::string_view text) { said = text; });
    }
};

TEST(Authenticate, ReadsTheTokenFromTextAndJson) {
    const auto token = [](std::string_view message) {
        Door door;
        const auto taken = door.take(message);
        EXPECT_EQ(taken.has_value(), door.shown != "none") << message;
        EXPECT_EQ(door.said.empty(), door.shown != "abc") << message;
        return door.shown;
    };
    for (const auto* message :
         {"AUTH:abc", " auth : abc \n", R"({"type":"AUTH","content":{"token":"abc"}})",
          R"({"type":"auth","content":{"token":"abc"}})", R"({"action":"AUTH","content":{"token":"abc"}})"})
        EXPECT_EQ(token(message), "abc") << message;
    EXPECT_EQ(token("AUTH:a:b c"), "a:b c") << "a token may hold any visible character";
    EXPECT_EQ(token("AUTH:" + std::string(2000, 'x')), std::string(2000, 'x'));
    for (const auto* message : {"AUTH:", R"({"type":"AUTH"})", R"({"type":"AUTH","content":{"token":7}})",
                                R"({"type":"AUTH","token":"abc"})", R"({"type":"AUTH","content":{"token":null}})"})
        EXPECT_EQ(token(message), "") << message;
    for (const auto* message :
         {"AUTH", "PING", "AUTHOR:abc", R"({"type":"PING","content":{"token":"abc"}})", "{", "", R"(["AUTH"])",
          R"({"type":"AUTH","content":7})", R"({"type":"LOGOUT"})", R"({"type":"CLIENT_REQUEST","action":"AUTH"})"})
        EXPECT_EQ(token(message), "none") << message;
}

TEST(Authenticate, WelcomesInTheFormOfTheQuestion) {
    Door door;
    EXPECT_TRUE(door.take("AUTH:abc").value());
    EXPECT_EQ(door.said, R"({"status":"success","message":"You may talk now."})");
    EXPECT_TRUE(door.take(R"({"id":[1],"type":"auth","content":{"token":"abc"}})").value());
    EXPECT_THAT(door.said, StartsWith(R"({"id":[1],"type":"AUTH","timestamp":)"));
    EXPECT_GT(boost::json::parse(door.said).at("timestamp").as_int64(), 1'700'000'000);
    EXPECT_THAT(door.said, HasSubstr(R"("source":"doze","content":{"result":true,"message":"You may talk now."}})"));
    door.said.clear();
    EXPECT_EQ(door.take("AUTH:abd")->error().code, ErrorCode::unauthorized);
    EXPECT_EQ(door.said, "") << "the connection ends with the reason";
}

}  // namespace
}  // namespace doze::protocol
