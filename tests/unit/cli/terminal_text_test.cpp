#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

#include "cli/reply_text.hpp"
#include "cli/terminal.hpp"

namespace doze::cli {
namespace {

TEST(Text, TakesNothingThatWouldControlTheTerminal) {
    EXPECT_EQ(clean("plain"), "plain");
    EXPECT_EQ(clean("\x1b[31mred\x07"), "\uFFFD[31mred\uFFFD");
    EXPECT_EQ(clean("a\nb\tc"), "a\uFFFDb\uFFFDc");
    EXPECT_EQ(clean("\xC2\x9B"
                    "31m"),
              "\uFFFD31m");  // The CSI of 8 bits.
    EXPECT_EQ(clean("broken \xFF\xEA\xB0"), "broken \uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(clean(std::string_view("\0", 1)), "\uFFFD");
}

TEST(Text, KeepsLettersOfAllScripts) {
    EXPECT_EQ(clean("개발 서버 é ✓"), "개발 서버 é ✓");
}

TEST(Text, IsAsWideAsATerminalShowsIt) {
    EXPECT_EQ(display_width("web"), 3U);
    EXPECT_EQ(display_width("é"), 1U);
    EXPECT_EQ(display_width("e\u0301"), 1U);  // A combining accent.
    EXPECT_EQ(display_width("개발 서버"), 9U);
    EXPECT_EQ(display_width("\uFFFD"), 1U);
}

TEST(Text, ColoursAWordOnlyWhereWanted) {
    EXPECT_EQ(colored("up", Color::good, true), "\x1b[32mup\x1b[0m");
    EXPECT_EQ(colored("up", Color::good, false), "up");
    EXPECT_EQ(colored("up", Color::none, true), "up");
}

TEST(Text, IsCutToWhatATerminalHolds) {
    EXPECT_EQ(fit("web", 3), "web");
    EXPECT_EQ(fit("server", 4), "ser…");
    EXPECT_EQ(fit("server", 1), "…");
    EXPECT_EQ(fit("server", 0), "");
    EXPECT_EQ(fit("개발 서버", 9), "개발 서버");
    EXPECT_EQ(fit("개발 서버", 8), "개발 서…");
    EXPECT_EQ(fit("개발 서버", 4), "개…");  // Half a letter is none.
    EXPECT_EQ(fit("a \x1b[32mrunning\x1b[0m", 9), "a \x1b[32mrunning\x1b[0m");
    EXPECT_EQ(fit("a \x1b[32mrunning\x1b[0m b", 6), "a \x1b[32mrun…\x1b[0m");
    EXPECT_EQ(fit("a \x1b[32mup\x1b[0m and running", 8), "a \x1b[32mup\x1b[0m an…");
}

TEST(Text, KnowsTheStatesOfAwsInAnyCase) {
    EXPECT_EQ(color_of_state("running"), Color::good);
    EXPECT_EQ(color_of_state("ACTIVE"), Color::good);
    EXPECT_EQ(color_of_state("stopped"), Color::asleep);
    EXPECT_EQ(color_of_state("empty"), Color::asleep);
    EXPECT_EQ(color_of_state("UPDATING"), Color::busy);
    EXPECT_EQ(color_of_state("something new"), Color::none);
}

TEST(Text, SaysHowLongAgoInWords) {
    using namespace std::chrono_literals;
    EXPECT_EQ(ago(1s), "just now");
    EXPECT_EQ(ago(59s), "59 s ago");
    EXPECT_EQ(ago(2h + 5min), "2 h 5 min ago");
}

TEST(Text, SaysTheDayOfATimeThatIsNotToday) {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
    const core::WallTime now{std::chrono::hours(24 * 365) + std::chrono::hours(15)};
    EXPECT_EQ(local_time(now - std::chrono::minutes(90), now), "13:30");
    EXPECT_EQ(local_time(now - std::chrono::hours(20), now), "1970-12-31 19:00");
    EXPECT_EQ(local_clock(now - std::chrono::seconds(3)), "14:59:57");
}

TEST(Table, AlignsColumnsAsTheyAreSeen) {
    Table table({"NAME", "SIZE", "STATE"});
    table.add({{"web"}, {"3", Color::none, true}, {"running"}});
    table.add({{"개발 서버"}, {"12", Color::none, true}, {"stopped"}});
    table.add({{""}, {"", Color::none, true}, {"x"}});
    EXPECT_EQ(table.text(false),
              "NAME       SIZE  STATE\n"
              "web           3  running\n"
              "개발 서버    12  stopped\n"
              "-             -  x\n");
}

TEST(Table, PutsColoursRoundWordsAndNotRoundTheirPadding) {
    Table table({"A", "B"});
    table.add({{"on", Color::good}, {"x"}});
    table.add({{"other"}, {"y"}});
    EXPECT_EQ(table.text(true),
              "\x1b[2mA\x1b[0m      \x1b[2mB\x1b[0m\n"
              "\x1b[32mon\x1b[0m     x\n"
              "other  y\n");
}

TEST(PrettyJson, IndentsByTwoAndKeepsEmptyOnesShort) {
    const boost::json::value value = {{"a", 1}, {"b", {true, nullptr, "\"x\""}}, {"c", boost::json::array()}};
    EXPECT_EQ(pretty(value),
              "{\n"
              "  \"a\": 1,\n"
              "  \"b\": [\n"
              "    true,\n"
              "    null,\n"
              "    \"\\\"x\\\"\"\n"
              "  ],\n"
              "  \"c\": []\n"
              "}\n");
}

}  // namespace
}  // namespace doze::cli
