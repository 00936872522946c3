#include "adapters/aws/credentials/process.hpp"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/stat.h>

#include "adapters/aws/profiles/profiles.hpp"
#include "chain_fixture.hpp"

namespace doze::aws {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

TEST(ShellWords, AreSplitAsTheAwsCliDoes) {
    EXPECT_THAT(*split_words("  a  b\tc\n"), ElementsAre("a", "b", "c"));
    EXPECT_THAT(*split_words(R"('a b' "c d" e\ f)"), ElementsAre("a b", "c d", "e f"));
    EXPECT_THAT(*split_words(R"(a"b"'c'd "" '')"), ElementsAre("abcd", "", ""));
    EXPECT_THAT(*split_words(R"('a\b' "a\b" "a\"b" "a\\b" a\\b \a)"),
                ElementsAre("a\\b", "a\\b", "a\"b", "a\\b", "a\\b", "a"));
    EXPECT_THAT(*split_words("a # b $HOME * | ;"), ElementsAre("a", "#", "b", "$HOME", "*", "|", ";"));
    EXPECT_THAT(*split_words(""), ElementsAre());
    EXPECT_EQ(split_words("a 'b"), std::nullopt);
    EXPECT_EQ(split_words("a \"b"), std::nullopt);
    EXPECT_EQ(split_words("a\\"), std::nullopt);
}

class ProcessTest : public ChainTest {
   protected:
    std::string run(std::vector<std::string> words, core::Duration limit = 1min) {
        const auto done = wait(run_program(std::move(words), limit));
        return done ? std::string(done->view()) : "error: " + done.error().message;
    }

    /// The profile's program is a script with this body.
    void set_program(const std::string& body, const std::string& arguments = "") {
        write("program", "#!/bin/sh\n" + body + "\n");
        const auto path = home_.path() / ".aws/program";
        std::filesystem::permissions(path, std::filesystem::perms::owner_all);
        write("config", "[default]\ncredential_process = " + path.string() + " " + arguments + "\n");
    }
};

TEST_F(ProcessTest, ReturnsWhatAProgramPrints) {
    EXPECT_EQ(run({"echo", "a b", "c"}), "a b c\n");
    EXPECT_EQ(run({"true"}), "");
    EXPECT_EQ(run({"sh", "-c", "echo out; echo err >&2; cat"}), "out\n");
    EXPECT_EQ(run({"sh", "-c", "head -c 60000 /dev/zero | tr '\\0' x"}), std::string(60000, 'x'));
}

TEST_F(ProcessTest, SaysHowAProgramFailed) {
    EXPECT_EQ(run({"/nowhere"}), "error: can't be started: No such file or directory");
    EXPECT_EQ(run({"sh", "-c", "echo hush; exit 3"}), "error: ended with exit code 3");
    EXPECT_EQ(run({"sh", "-c", "kill -TERM $$"}), "error: was killed by signal 15");
    EXPECT_EQ(run({"cat", "/dev/zero"}), "error: prints too much to be a pair of keys");
}

TEST_F(ProcessTest, KillsAProgramThatHangsAndWhatItStarted) {
    EXPECT_EQ(run({"sh", "-c", "sleep 1000 & sleep 1000"}, 50ms), "error: did not end within 0.1 s, and was killed");
    EXPECT_EQ(run({"sh", "-c", "exec >&-; sleep 1000"}, 50ms), "error: did not end within 0.1 s, and was killed");
}

TEST_F(ProcessTest, GivesTheKeysOfAProfile) {
    set_program(
        "echo '{\"Version\": 1, \"AccessKeyId\": \"AK'$1'\", \"SecretAccessKey\": \"hush\", "
        "\"SessionToken\": \"t\", \"Expiration\": \"2026-01-05T09:00:00Z\"}'",
        "'a b'");
    const auto found = get();
    ASSERT_TRUE(found) << found.error().text();
    EXPECT_EQ(found->access_key_id, "AKa b");
    EXPECT_EQ(found->session_token.view(), "t");
    EXPECT_EQ(found->origin, "credential_process of profile default");
    EXPECT_EQ(*found->expires - clock_.wall(), 1h);
}

TEST_F(ProcessTest, TakesKeysWithoutTokenAndEnd) {
    set_program("echo '{\"Version\": 1, \"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"hush\"}'");
    const auto found = get();
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->session_token.empty());
    EXPECT_FALSE(found->expires);
}

TEST_F(ProcessTest, RefusesWhatIsNoVersionOneOfTheFormat) {
    const std::map<std::string, std::string> cases{
        {"{\"Version\": 2, \"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"hush\"}", "printed no \"Version\": 1"},
        {"{\"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"hush\"}", "printed no \"Version\": 1"},
        {"{\"Version\": 1, \"SecretAccessKey\": \"hush\"}", "without AccessKeyId"},
        {"{\"Version\": 1, \"AccessKeyId\": \"AK\"}", "without SecretAccessKey"},
        {"{\"Version\": 1, \"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"hush\", \"Expiration\": \"soon\"}",
         "no time"},
        {"{\"Version\": 1, \"AccessKeyId\": \"AK\", \"SecretAccessKey\": \"hush\", \"Expiration\": "
         "\"2026-01-05T07:00:00Z\"}",
         "expired"},
        {"hush", "printed no JSON"},
        {"", "printed no JSON"}};
    for (const auto& [output, what] : cases) {
        set_program("echo '" + output + "'");
        EXPECT_THAT(error().message, HasSubstr(what)) << output;
    }
}

TEST_F(ProcessTest, NeverShowsWhatAProgramSaid) {
    set_program("echo hush >&2; echo hush; exit 7");
    EXPECT_EQ(error().message, "The credential_process of profile default ended with exit code 7.");
    write("config", "[default]\ncredential_process = 'hush\n");
    EXPECT_THAT(error().message, HasSubstr("a quote is not closed"));
}

TEST_F(ProcessTest, IsNotRunAgainAtOnceAfterAFailure) {
    set_program("echo x >> " + (home_.path() / "runs").string() + "; exit 1");
    for (int i = 0; i < 5; ++i) EXPECT_FALSE(ask());
    EXPECT_EQ(std::filesystem::file_size(home_.path() / "runs"), 2U);
    clock_.advance(30s);
    EXPECT_FALSE(ask());
    EXPECT_EQ(std::filesystem::file_size(home_.path() / "runs"), 4U);
}

}  // namespace
}  // namespace doze::aws
