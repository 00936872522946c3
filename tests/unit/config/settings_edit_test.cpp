#include <gmock/gmock.h>

#include "config/settings_file.hpp"

namespace doze::config {
namespace {

using Texts = std::vector<std::string>;

std::string with(std::string_view text, std::string_view key, const Value& value) {
    const auto edited = with_setting(text, key, value, "settings.json");
    return edited ? *edited : "error: " + edited.error().message;
}

TEST(SettingsEdit, ReplacesAValueAndNothingElse) {
    EXPECT_EQ(with(R"({"dry_run" :  false , "web":{"port":1}})", "dry_run", true),
              R"({"dry_run" :  true , "web":{"port":1}})");
    EXPECT_EQ(with("{\n\t\"aws\": {\"regions\": [\n\t\t\"us-east-1\",\n\t\t\"eu-west-1\"]}\n}\n", "aws.regions",
                   Texts{"us-west-2"}),
              "{\n\t\"aws\": {\"regions\": [\"us-west-2\"]}\n}\n");
}

TEST(SettingsEdit, AddsAMemberInTheStyleOfItsNeighbours) {
    EXPECT_EQ(with("{\n  \"aws\": {\n    \"regions\": [\"us-east-1\"]\n  }\n}", "aws.credentials.use_profile", true),
              "{\n  \"aws\": {\n    \"regions\": [\"us-east-1\"],\n    \"credentials\": {\n        \"use_profile\": "
              "true\n    }\n  }\n}");
    EXPECT_EQ(with(R"({"aws": {"regions": ["us-east-1"]}})", "dry_run", true),
              R"({"aws": {"regions": ["us-east-1"]}, "dry_run": true})");
    EXPECT_EQ(with(R"({})", "aws.regions", Texts{"us-east-1"}), R"({"aws": {"regions": ["us-east-1"]}})");
    EXPECT_EQ(with("{\n}\n", "dry_run", true), "{\n    \"dry_run\": true\n}\n");
}

TEST(SettingsEdit, IsNotFooledByTextsAndUnknownKeys) {
    EXPECT_EQ(with(R"({"a": "}, \"dry_run\": 1, {", "b": [{"dry_run": [1]}], "dry_run": false})", "dry_run", true),
              R"({"a": "}, \"dry_run\": 1, {", "b": [{"dry_run": [1]}], "dry_run": true})");
}

TEST(SettingsEdit, ChangesTheOneThatCountsOfSeveral) {
    EXPECT_EQ(with(R"({"dry_run": false, "dry_run": false})", "dry_run", true),
              R"({"dry_run": false, "dry_run": true})");
}

TEST(SettingsEdit, EditsTheDefaultsAndAByteOrderMark) {
    const auto edited = with(default_settings_text(), "aws.credentials.profile_name", std::string("work"));
    EXPECT_EQ(*parse_settings(edited, "f")->value.get<std::string>("aws.credentials.profile_name"), "work");
    EXPECT_EQ(edited.size(), default_settings_text().size() - 3);
    EXPECT_EQ(with("\xEF\xBB\xBF{\"dry_run\": true}", "dry_run", false), "\xEF\xBB\xBF{\"dry_run\": false}");
}

TEST(SettingsEdit, RefusesABrokenFileAndABadValue) {
    EXPECT_THAT(with("{\"dry_run\": tru}", "dry_run", true), testing::StartsWith("error: settings.json:1"));
    EXPECT_THAT(with("{}", "dry_rum", true), testing::StartsWith("error: doze knows no setting"));
    EXPECT_THAT(with("{}", "aws.regions", Texts{"nowhere"}), testing::StartsWith("error: "));
    EXPECT_THAT(with("[]", "dry_run", true), testing::StartsWith("error: "));
}

}  // namespace
}  // namespace doze::config
