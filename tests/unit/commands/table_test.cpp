#include "commands/table.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <set>
#include <sstream>

#include "commands/lookup.hpp"

namespace doze::commands {
namespace {

TEST(Table, NamesEachCommandOnceInEachForm) {
    std::set<std::string_view> words, types;
    for (const auto& command : commands()) {
        if (!command.text.empty()) {
            EXPECT_TRUE(words.insert(command.text).second) << command.text;
        }
        if (!command.type.empty()) {
            EXPECT_TRUE(types.insert(command.type).second) << command.type;
        }
        EXPECT_FALSE(command.summary.empty());
    }
}

TEST(Table, IsFoundWithoutRegardToCase) {
    ASSERT_NE(find_command(Form::text, "list_ec2"), nullptr);
    EXPECT_EQ(find_command(Form::text, "list_ec2")->type, "AWS_EC2_LIST");
    EXPECT_EQ(find_command(Form::json, "REFRESH_SERVICE")->type, "refresh_service");
    EXPECT_EQ(find_command(Form::text, "AWS_EC2_LIST"), nullptr);
    EXPECT_EQ(find_command(Form::text, ""), nullptr);
}

TEST(Nearest, IsTheOneWithTheFewestEdits) {
    EXPECT_EQ(nearest_command(Form::text, "LIST_EC3"), "LIST_EC2");
    EXPECT_EQ(nearest_command(Form::text, "strat_ecs"), "START_ECS");
    EXPECT_EQ(nearest_command(Form::text, "PIN"), "PING");
    EXPECT_EQ(nearest_command(Form::text, "LIST_REGISTERD_SERVICE"), "LIST_REGISTERED_SERVICES");
    EXPECT_EQ(nearest_command(Form::json, "AWS_EC2_LITS"), "AWS_EC2_LIST");
    EXPECT_EQ(nearest_command(Form::json, "System-Status"), "SYSTEM_STATUS");
    for (const auto& other : {std::string(1000, 'z'), std::string(), std::string("Keyboard activity detected")})
        EXPECT_EQ(nearest_command(Form::text, other), "") << "like none";
}

TEST(Table, IsWhatTheProtocolPageDescribes) {
    std::ifstream file(DOZE_SOURCE_DIR "/docs/protocol.md");
    std::stringstream page;
    page << file.rdbuf();
    const auto text = page.str();
    ASSERT_FALSE(text.empty());
    for (const auto& command : commands()) {
        const auto with_parts =
            std::string(command.text) + (command.parts.empty() ? "" : ":") + std::string(command.parts);
        if (!command.text.empty()) {
            EXPECT_NE(text.find('`' + with_parts + '`'), std::string::npos) << with_parts;
        }
        if (!command.type.empty()) {
            EXPECT_NE(text.find('`' + std::string(command.type) + '`'), std::string::npos) << command.type;
        }
    }
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code) {
        const auto name = to_string(static_cast<ErrorCode>(code));
        EXPECT_NE(text.find('`' + std::string(name) + '`'), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace doze::commands
