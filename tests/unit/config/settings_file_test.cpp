#include "config/settings_file.hpp"

#include <gmock/gmock.h>

#include "config/fields.hpp"
#include "scratch.hpp"

namespace doze::config::settings_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Settings good(std::string_view text) {
    auto loaded = parse_settings(text, "settings.json");
    EXPECT_TRUE(loaded) << loaded.error().text();
    return loaded ? loaded->value : Settings();
}

std::vector<std::string> notes_of(std::string_view text) {
    std::vector<std::string> texts;
    const auto loaded = parse_settings(text, "settings.json");
    EXPECT_TRUE(loaded) << loaded.error().text();
    if (loaded)
        for (const auto& note : loaded->notes) texts.push_back(note.text);
    return texts;
}

std::string error_of(std::string_view text) {
    const auto loaded = parse_settings(text, "settings.json");
    return loaded ? "no error" : loaded.error().text();
}

TEST(Settings, OpensTheFileOfTheOriginalWithOneNote) {
    const auto loaded = parse_settings(test_data("original_settings.json"), "settings.json");
    ASSERT_TRUE(loaded) << loaded.error().text();
    ASSERT_EQ(loaded->notes.size(), 1U);
    EXPECT_EQ(loaded->notes[0].level, core::Level::info);
    EXPECT_THAT(loaded->notes[0].text, HasSubstr("settings.json:6: not used by doze: "
                                                 "activity_monitor.keyboard.debounce_ms, "));
    EXPECT_THAT(loaded->notes[0].text, HasSubstr(", aws.credentials.save"));
    const Settings& settings = loaded->value;
    EXPECT_EQ(settings.core.presence.inactivity_timeout, std::chrono::minutes(30));
    EXPECT_THAT(settings.core.regions, ElementsAre(Region("us-east-1"), Region("us-west-1"), Region("us-west-2"),
                                                   Region("eu-west-1"), Region("ap-northeast-2")));
    EXPECT_EQ(settings.udp, (ListenAddress{"127.0.0.1", 20200}));
    EXPECT_EQ(settings.udp_buffer_size, 4096U);
}

TEST(Settings, OpenWhatAnEarlierVersionWroteWithoutANote) {
    for (const auto* name : {"../upgrade/settings-all.json", "../upgrade/settings.json"}) {
        const auto loaded = parse_settings(test_data(name), "settings.json");
        ASSERT_TRUE(loaded) << loaded.error().text();
        EXPECT_THAT(loaded->notes, IsEmpty()) << name;
    }
}

TEST(Settings, HaveTheDefaultsOfTheCore) {
    const core::Settings core;
    const Settings settings;
    EXPECT_EQ(settings.core.presence.inactivity_timeout, core.presence.inactivity_timeout);
    EXPECT_EQ(settings.core.presence.warning, core.presence.warning);
    EXPECT_EQ(settings.core.presence.passive_limit, core.presence.passive_limit);
    EXPECT_EQ(settings.core.presence.lock_grace, core.presence.lock_grace);
    EXPECT_EQ(settings.core.guards.production_tags, core.guards.production_tags);
    EXPECT_EQ(settings.core.check_interval, core.check_interval);
    EXPECT_FALSE(settings.core.dry_run);
}

TEST(Settings, AreTheDefaultsWhereTheFileSaysNothing) {
    EXPECT_EQ(good("{}"), Settings());
}

TEST(Settings, ReadBackTheDefaultsThatTheyWrite) {
    EXPECT_EQ(good(default_settings_text()), Settings());
    EXPECT_THAT(notes_of(default_settings_text()), IsEmpty());
    EXPECT_THAT(default_settings_text(), HasSubstr("\n    \"udp_server\": {\n        \"ip\": \"127.0.0.1\",\n"));
}

TEST(Settings, HaveADefaultForEveryFieldThatTheirOwnCheckAllows) {
    for (const auto& field : fields()) {
        const auto json = parse_json(to_json(field.default_value), "default");
        ASSERT_TRUE(json) << field.key;
        EXPECT_EQ(read_value(field, *json), field.default_value) << field.key;
        EXPECT_TRUE(field.meaning.ends_with('.')) << field.key;
    }
}

TEST(Settings, FillTheTypedMembers) {
    const auto settings = good(R"({
        "activity_monitor": {"inactivity_timeout_minutes": 0.05, "warning_minutes": 0.5, "passive_limit_minutes": 60,
            "lock_grace_minutes": 2, "keyboard": {"enabled": false}, "mouse": {"movement_threshold": 9.0},
            "screen": {"interval_seconds": 1.5, "diff_threshold": 1}, "audio": {"volume_threshold": 0}},
        "aws": {"regions": ["us-east-1", "us-east-1"], "credentials": {"use_profile": true, "profile_name": "dev"},
            "service_state_check_interval_minutes": 0.1},
        "guards": {"production_tags": []}, "dry_run": true,
        "udp_server": {"ip": "::1", "port": 0, "buffer_size": 65507}, "web": {"ip": "0.0.0.0", "port": 65535,
            "password": true, "allowed_origins": ["http://localhost:5173", "tauri://localhost", "https://[::1]:1"]},
        "security": {"token": "0123456789abcdef", "certificate": "/c.pem", "key": "/k.pem", "requests_per_second": 5}})");
    EXPECT_EQ(settings.core.presence.inactivity_timeout, std::chrono::seconds(3));
    EXPECT_EQ(settings.core.presence.warning, std::chrono::seconds(30));
    EXPECT_EQ(settings.core.presence.passive_limit, std::chrono::minutes(60));
    EXPECT_EQ(settings.core.presence.lock_grace, std::chrono::minutes(2));
    EXPECT_FALSE(settings.sources.keyboard);
    EXPECT_TRUE(settings.sources.mouse);
    EXPECT_EQ(settings.sources.movement_threshold, 9);
    EXPECT_EQ(settings.sources.screen_interval, std::chrono::milliseconds(1500));
    EXPECT_EQ(settings.sources.diff_threshold, 1.0);
    EXPECT_EQ(settings.sources.volume_threshold, 0.0);
    EXPECT_THAT(settings.core.regions, ElementsAre(Region("us-east-1")));
    EXPECT_TRUE(settings.use_profile);
    EXPECT_EQ(settings.profile_name, "dev");
    EXPECT_EQ(settings.core.check_interval, std::chrono::seconds(6));
    EXPECT_THAT(settings.core.guards.production_tags, IsEmpty());
    EXPECT_TRUE(settings.core.dry_run);
    EXPECT_EQ(settings.udp, (ListenAddress{"::1", 0}));
    EXPECT_EQ(settings.web, (ListenAddress{"0.0.0.0", 65535}));
    EXPECT_TRUE(settings.web_password);
    EXPECT_EQ(settings.web_allowed_origins.size(), 3U);
    EXPECT_EQ(settings.udp_buffer_size, 65507U);
    EXPECT_EQ(settings.security.token.view(), "0123456789abcdef");
    EXPECT_EQ(settings.security.certificate, "/c.pem");
    EXPECT_EQ(settings.security.key, "/k.pem");
    EXPECT_EQ(settings.security.requests_per_second, 5);
}

TEST(Settings, TakeTokensOf16To256Characters) {
    for (const auto& [length, taken] :
         std::map<std::size_t, bool>{{0, true}, {15, false}, {16, true}, {256, true}, {257, false}}) {
        const auto text = R"({"security": {"token": ")" + std::string(length, 'x') + R"("}})";
        EXPECT_EQ(parse_settings(text, "settings.json").has_value(), taken) << length;
    }
}

TEST(Settings, NeverShowATokenThatTheyRefuse) {
    for (const std::string bad : {R"("too short")", R"("has spaces in the middle")", "57005", R"(["not this one"])"}) {
        const auto refused = parse_settings(R"({"security": {"token": )" + bad + "}}", "settings.json");
        ASSERT_FALSE(refused) << bad;
        EXPECT_THAT(refused.error().text(), HasSubstr("security.token must be empty, or from 16 to 256"));
        EXPECT_THAT(refused.error().text(), Not(HasSubstr(bad)));
    }
}

TEST(Settings, AnswerByDottedKey) {
    const Settings settings;
    EXPECT_EQ(settings.get<double>("activity_monitor.inactivity_timeout_minutes").value(), 30.0);
    EXPECT_EQ(settings.get<int>("udp_server.port").value(), 20200);
    EXPECT_EQ(settings.get<double>("udp_server.port").value(), 20200.0);
    EXPECT_EQ(settings.get<std::string>("udp_server.ip").value(), "127.0.0.1");
    EXPECT_TRUE(settings.get<bool>("activity_monitor.keyboard.enabled").value());
    EXPECT_EQ(settings.get<std::vector<std::string>>("aws.regions").value().size(), 6U);
}

TEST(Settings, NameTheNearestKeyWhereThereIsNoSuchKey) {
    EXPECT_EQ(Settings().get<int>("udp_server.prot").error().message,
              "doze knows no setting 'udp_server.prot' (did you mean udp_server.port?).");
    EXPECT_EQ(Settings().get<double>("inactivity_timeout_minute").error().message,
              "doze knows no setting 'inactivity_timeout_minute' (did you mean "
              "activity_monitor.inactivity_timeout_minutes?).");
    EXPECT_EQ(Settings().get<int>("zzzzz").error().message, "doze knows no setting 'zzzzz'.");
}

TEST(Settings, RefuseToAnswerInAnotherType) {
    EXPECT_EQ(Settings().get<int>("udp_server.ip").error().message,
              "The setting udp_server.ip is a text; it was asked for as something else.");
    EXPECT_FALSE(Settings().get<int>("activity_monitor.inactivity_timeout_minutes"));
}

struct Bad {
    const char* text;
    const char* error;
};

void PrintTo(const Bad& bad, std::ostream* out) {
    *out << bad.text;
}

class BadSettings : public testing::TestWithParam<Bad> {};

TEST_P(BadSettings, AreRefusedWithFileLineAndReason) {
    EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadSettings,
    testing::Values(
        Bad{"{\"activity_monitor\": {\n\"mouse\": {\n\"movement_threshold\": -5\n}}}",
            "settings.json:3: activity_monitor.mouse.movement_threshold must be a whole number from 0 to 10000, is "
            "-5."},
        Bad{"{\"udp_server\":{\"port\":\n\n70000}}",
            "settings.json:3: udp_server.port must be a whole number from 0 to 65535, is 70000"},
        Bad{"{\"udp_server\":{\"port\":20200.5}}", "is 20200.5"},
        Bad{"{\"udp_server\":{\"port\":\"20200\"}}", "is '20200'"},
        Bad{"{\"udp_server\":{\"port\":99999999999999999999}}", "udp_server.port must be"},
        Bad{"{\"udp_server\":{\"ip\":\"localhost\"}}",
            "must be an IP address such as 127.0.0.1 or ::1, is 'localhost'"},
        Bad{"{\"udp_server\":{\"buffer_size\":100}}", "from 512 to 65507, is 100"},
        Bad{"{\"udp_server\":5}", "settings.json:1: udp_server must be an object { ... }, is 5"},
        Bad{"{\"activity_monitor\":{\"inactivity_timeout_minutes\":0}}", "must be a number from 0.01 to 10080, is 0"},
        Bad{"{\"activity_monitor\":{\"inactivity_timeout_minutes\":1e999}}", "settings.json:1"},
        Bad{"{\"activity_monitor\":{\"inactivity_timeout_minutes\":true}}", "is true"},
        Bad{"{\"activity_monitor\":{\"keyboard\":{\"enabled\":1}}}", "must be true or false, is 1"},
        Bad{"{\"activity_monitor\":{\"keyboard\":{\"enabled\":null}}}", "must be true or false, is null"},
        Bad{"{\"aws\":{\"regions\":[]}}", "must be a list of one or more regions such as us-east-1, or \"all\", is []"},
        Bad{"{\"aws\":{\"regions\":\"us-east-1\"}}", "is 'us-east-1'"},
        Bad{"{\"aws\":{\"regions\":[\"mars-1\", {}, [[]]]}}", "is ['mars-1', {...}, [...]]"},
        Bad{"{\"guards\":{\"production_tags\":[\"prod\"]}}", "must be a list of tags such as env=live or env=prod*"},
        Bad{"{\"guards\":{\"production_tags\":[\"env=*prod\"]}}", "guards.production_tags"},
        Bad{"{\"guards\":{\"production_tags\":[\"env=\"]}}", "guards.production_tags"},
        Bad{"{\"guards\":{\"production_tags\":[\"=live\"]}}", "guards.production_tags"},
        Bad{"{\"guards\":{\"production_tags\":[\"env=a*b\"]}}", "guards.production_tags"},
        Bad{"{\"aws\":{\"credentials\":{\"profile_name\":\"\"}}}", "aws.credentials.profile_name must be"},
        Bad{"{\"aws\":{\"credentials\":{\"profile_name\":\"a[b\"}}}", "aws.credentials.profile_name must be"},
        Bad{"{\"aws\":{\"credentials\":{\"profile_name\":\"a]b\"}}}", "aws.credentials.profile_name must be"},
        Bad{"{\"udp_server\":{\"ip\":\"127.0.0.1\\u0000\"}}", "udp_server.ip must be"},
        Bad{"{\"security\":{\"certificate\":\"c.pem\"}}", "security.certificate must be empty, or a file with its"},
        Bad{"{\"security\":{\"key\":\"/k\\u0000.pem\"}}", "security.key must be"},
        Bad{"{\"dry_run\":{}}", "dry_run must be true or false, is {...}"},
        Bad{"{\"web\":{\"password\":\"hunter2\"}}", "web.password must be true or false, is something else"},
        Bad{"{\"web\":{\"allowed_origins\":[\"http://a/\"]}}", "a list of origins such as http://localhost:5173"},
        Bad{"{\"web\":{\"allowed_origins\":[\"localhost:5173\"]}}", "web.allowed_origins"},
        Bad{"{\"web\":{\"allowed_origins\":[\"*\"]}}", "web.allowed_origins"},
        Bad{"{\"web\":{\"allowed_origins\":[\"http://\"]}}", "web.allowed_origins"},
        Bad{"{\"web\":{\"allowed_origins\":[\"://a\"]}}", "web.allowed_origins"},
        Bad{"{\"web\":{\"allowed_origins\":[\"http://A\"]}}", "web.allowed_origins"},
        Bad{"[1]", "settings.json:1: must be an object { ... }, is [1]"},
        Bad{"{\"udp_server\":{\"port\":-1},\n\"web\":{\"port\":-2}}", "is -1; settings.json:2: web.port"}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, BadSettings,
    testing::Values(Bad{"", "settings.json:1: the file is empty"}, Bad{" \n\n", "the file is empty"},
                    Bad{"{\n\"aws\": {}\n\"web\": {}\n}",
                        "settings.json:3:1: a comma or a colon is missing before this"},
                    Bad{"{\n  \"aws\": {},\n}", "settings.json:3:1: a comma is too much before this"},
                    Bad{"{\n  // no\n}", "settings.json:2:3: JSON has no comments"},
                    Bad{"{\r\n  'aws': {}}", "settings.json:2:3: JSON wants double quotes"},
                    Bad{"{\n\"aws\": {\n", "settings.json:2: the file ends before its JSON does"},
                    Bad{"{} {}", "settings.json:1:4: "}, Bad{"{\"a\": nul}", "settings.json:1:10: "},
                    Bad{"{\"a\": \"one\ntwo\"}", "settings.json:1:"},
                    Bad{"{\n\"a\": \"\xff\"}", "settings.json:2: is not UTF-8 text here"},
                    Bad{"{\n\n\"a\": \"\x01\"}", "settings.json:3: has a control character here"}));

TEST(Settings, RefuseDeepNesting) {
    const std::string deep = "{\"x\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
    EXPECT_THAT(error_of(deep), HasSubstr("settings.json:1:"));
}

TEST(Settings, RefuseAHugeFile) {
    EXPECT_THAT(error_of(std::string(largest_settings + 1, ' ')), HasSubstr("at most 1048576 are read"));
}

TEST(Settings, CountTheErrorsThatTheyDoNotShow) {
    std::string text =
        "{\"aws\": 1, \"udp_server\": 1, \"web\": 1, \"tcp_server\": 1, \"dry_run\": 1, \"guards\": 1, "
        "\"activity_monitor\": 1}";
    EXPECT_THAT(error_of(text), HasSubstr("; and 2 more."));
}

TEST(Settings, TolerateAByteOrderMarkAndWindowsLines) {
    EXPECT_EQ(good("\xEF\xBB\xBF{\r\n\"web\": {\r\n\"port\": 1\r\n}\r\n}\r\n").web.port, 1);
}

TEST(Settings, WarnOfAnUnknownKeyWithTheNearest) {
    EXPECT_THAT(notes_of("{\n\"udp_sever\": {\"port\": 1},\n\"udp_server\": {\n\"prot\": 1}, \"zzz\": 1}"),
                ElementsAre("settings.json:2: doze knows no udp_sever (did you mean udp_server?)",
                            "settings.json:4: doze knows no udp_server.prot (did you mean udp_server.port?)",
                            "settings.json:4: doze knows no zzz"));
}

TEST(Settings, WarnOfDotsInAKey) {
    EXPECT_THAT(notes_of("{\"udp_server.port\": 1}"),
                ElementsAre("settings.json:1: doze knows no udp_server.port (did you mean udp_server.port?); write "
                            "objects within objects, not dots"));
}

TEST(Settings, WarnOfAKeyThatStandsTwiceAndUseTheLast) {
    const auto* text = "{\"web\": {\"port\": 1,\n\"port\": 2}}";
    EXPECT_THAT(notes_of(text), ElementsAre("settings.json:1: web.port stands twice; the one in line 2 counts"));
    EXPECT_EQ(good(text).web.port, 2);
}

TEST(Settings, NeverUseNorEchoSecrets) {
    const auto* text = R"({"aws": {"credentials": {
        "access_key": "AKIAIOSFODNN7EXAMPLE",
        "secret_key": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "aws_access_key_id": "x1", "aws_secret_access_key": "x2", "SessionToken": "x3", "secret_key": "x4",
        "AKIAIOSFODNN7EXAMPLE": "x5"}}})";
    const auto notes = notes_of(text);
    EXPECT_EQ(notes.size(), 6U);
    for (const auto& note : notes) {
        EXPECT_THAT(note, HasSubstr("~/.aws/credentials"));
        EXPECT_THAT(note, HasSubstr("delete it from this file"));
        for (const auto* secret : {"AKIA", "wJalr", "x1", "x2", "x3", "x4", "x5"})
            EXPECT_THAT(note, Not(HasSubstr(secret)));
    }
    EXPECT_THAT(error_of("{\"aws\": {\"regions\": [\"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\"]}}"),
                Not(HasSubstr("wJalr")));
}

}  // namespace
}  // namespace doze::config::settings_test
