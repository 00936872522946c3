#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>

#include "app/offline/inspect/logs.hpp"
#include "base/paths.hpp"

namespace doze::inspect {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class LogLines : public testing::Test {
   protected:
    LogLines() {
        std::string name = testing::TempDir() + "doze-logs-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~LogLines() override { std::filesystem::remove_all(folder_); }

    void write(int age, std::string_view text) { std::ofstream(log_file(folder_, age)) << text; }

    std::filesystem::path folder_;
};

TEST_F(LogLines, AreTheLastOfTheNewestFile) {
    write(0, "a\nb\nc\n");
    const auto last = last_lines(folder_, 2);
    ASSERT_TRUE(last);
    EXPECT_THAT(last->lines, ElementsAre("b", "c"));
    EXPECT_EQ(last->end, 6U);
    EXPECT_THAT(last_lines(folder_, 0)->lines, IsEmpty());
}

TEST_F(LogLines, GoOnInTheOlderFiles) {
    write(0, "e\n");
    write(1, "c\nd\n");
    write(2, "a\nb\n");
    EXPECT_THAT(last_lines(folder_, 4)->lines, ElementsAre("b", "c", "d", "e"));
    EXPECT_THAT(last_lines(folder_, 100)->lines, ElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(LogLines, LeaveOutALineThatIsBeingWritten) {
    write(0, "a\nb\nhal");
    const auto last = last_lines(folder_, 5);
    EXPECT_THAT(last->lines, ElementsAre("a", "b"));
    EXPECT_EQ(last->end, 4U);
}

TEST_F(LogLines, SayWhereTheyWouldBe) {
    const auto last = last_lines(folder_, 5);
    ASSERT_FALSE(last);
    EXPECT_EQ(last.error().code, ErrorCode::not_found);
    EXPECT_THAT(last.error().message, HasSubstr(log_file(folder_).string()));
}

constexpr const char* line = "[2026-11-28 06:15:24.246] [warning] [aws] - It [is] slow \x1b[2J.";

TEST(LogText, ColoursTheLevelAndLetsNothingControlTheTerminal) {
    EXPECT_EQ(log_text(line, true),
              "\x1b[2m[2026-11-28 06:15:24.246]\x1b[0m [\x1b[33mwarning\x1b[0m] [aws] - It [is] slow \uFFFD[2J.");
    EXPECT_EQ(log_text(line, false), "[2026-11-28 06:15:24.246] [warning] [aws] - It [is] slow \uFFFD[2J.");
    EXPECT_EQ(log_text("no line of the log", true), "no line of the log");
    EXPECT_EQ(log_text("[half", true), "[half");
}

TEST(LogText, IsJsonForPrograms) {
    EXPECT_EQ(log_json("[t] [info] [aws] - Done."), R"({"time":"t","level":"info","module":"aws","message":"Done."})");
    EXPECT_EQ(log_json("no line of the log"), R"({"message":"no line of the log"})");
}

}  // namespace
}  // namespace doze::inspect
