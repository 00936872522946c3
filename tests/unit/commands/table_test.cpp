#include "commands/table.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <regex>
#include <set>
#include <sstream>
#include <variant>

#include "commands/lookup.hpp"
#include "commands/stream_event.hpp"

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

TEST(Table, KeepsWhatLetsInToTheConnectionsThatAskForIt) {
    for (const auto& command : commands()) {
        if (!lets_in(command.reach)) continue;
        EXPECT_EQ(find_command(Form::json, command.type), nullptr) << command.type;
        EXPECT_NE(nearest_command(Form::json, command.type), command.type);
        EXPECT_EQ(find_command(Form::json, command.type, command.reach), &command);
    }
    EXPECT_EQ(find_command(Form::text, "AUTH"), nullptr);
    EXPECT_NE(find_command(Form::text, "auth", Scope::token), nullptr);
    EXPECT_EQ(find_command(Form::text, "AUTH", Scope::page), nullptr);
    EXPECT_EQ(find_command(Form::json, "LOGOUT", Scope::token), nullptr);
    EXPECT_EQ(find_command(Form::text, "PING", Scope::token), nullptr);
}

TEST(Table, HasARowForEachRequest) {
    std::set<std::size_t> asked;
    for (const auto& command : commands()) asked.insert(command.request.index());
    EXPECT_EQ(asked.size(), std::variant_size_v<Request>);
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

std::string page_of_docs(const char* name) {
    std::ifstream file(std::string(DOZE_SOURCE_DIR "/docs/") + name);
    std::stringstream page;
    page << file.rdbuf();
    return page.str();
}

TEST(Table, IsWhatTheProtocolPageDescribes) {
    const auto protocol = page_of_docs("protocol.md"), web = page_of_docs("web.md");
    ASSERT_FALSE(protocol.empty() || web.empty());
    for (const auto& command : commands()) {
        const auto& text = command.reach == Scope::page ? web : protocol;
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
        EXPECT_NE(protocol.find('`' + std::string(name) + '`'), std::string::npos) << name;
    }
    for (const auto& type : stream_event_types()) {
        const bool is_of_a_kind = type.ends_with("_UPDATE") && type != "AWS_EC2_UPDATE" && type != "AWS_ECS_UPDATE";
        if (is_of_a_kind) continue;  // "and so on for each other kind"
        EXPECT_NE(protocol.find('`' + type + '`'), std::string::npos) << type;
    }
    const auto reasons = protocol.substr(protocol.find("Reasons are one word each:"));
    for (int reason = 0; core::to_string(static_cast<core::Reason>(reason)) != "?"; ++reason) {
        const auto word = core::to_string(static_cast<core::Reason>(reason));
        EXPECT_TRUE(std::regex_search(reasons, std::regex(std::string(word).append("[,.]")))) << word;
    }
}

}  // namespace
}  // namespace doze::commands
