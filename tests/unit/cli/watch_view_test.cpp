#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>

#include "cli/terminal.hpp"
#include "cli/watch.hpp"

namespace doze::cli {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class WatchView : public testing::Test {
   protected:
    WatchView() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }

    static boost::json::object parse(std::string_view text) { return boost::json::parse(text).as_object(); }

    static boost::json::object sign(std::string_view activity, int at) {
        return parse(
            fmt::format(R"({{"type": "USER_ACTIVITY", "timestamp": {}, "content": {{"activity": "{}", "count": 2}}}})",
                        at, activity));
    }

    static boost::json::object status(int resources) {
        auto content = parse(R"({"version": "0.1.0", "uptime_seconds": 11100,
            "presence": {"state": "active", "since": 53280, "for_seconds": 720, "away_in_seconds": 1080},
            "holds": [{"kind": "inhibitor", "why": "A film plays.", "until": 57600}]})");
        content["counts"] = {{"registered", resources}};
        auto& list = content["resources"].emplace_array();
        for (int i = 0; i < resources; ++i) {
            list.push_back({{"id", fmt::format("ec2:us-east-1:i-{:017}", i)},
                            {"state", "running"},
                            {"phase", "awake"},
                            {"registered", true},
                            {"description", "빌드 서버 빌드 서버 빌드 서버 빌드 서버"}});
        }
        return content;
    }

    [[nodiscard]] std::vector<std::string> lines(TerminalSize size = {}, bool color = false) const {
        return watch_lines(watched_, size, now_, color);
    }

    const core::WallTime now_{std::chrono::hours(15)};  // 15:00 of the first day.
    Watched watched_{.status_at = now_};
};

TEST_F(WatchView, ShowsPresenceHoldsResourcesAndTheNewestEventsFirst) {
    watched_.status = status(1);
    watched_.add(sign("KEYBOARD_ACTIVITY", 53990));
    watched_.add(sign("MOUSE_MOVEMENT", 53995));
    const auto shown = lines({.columns = 100, .rows = 14});
    EXPECT_EQ(fmt::format("{}\n", fmt::join(shown, "\n")),
              R"(doze 0.1.0, up for 3 h 5 min                                                                15:00:00
You are active since 14:48 (for 12 min), away in 18:00.
Held awake: A film plays. For 60 min at most.
Registered: 1.

RESOURCE                           STATE    DOZE  SINCE  NOTE
ec2:us-east-1:i-00000000000000000  running  -     -      빌드 서버 빌드 서버 빌드 서버 빌드 서버

LAST EVENTS
14:59:55 pointer ×2
14:59:50 keyboard ×2


q leaves
)");
}

TEST_F(WatchView, FitsAnyTerminal) {
    watched_.status = status(40);
    for (int i = 0; i < 50; ++i) watched_.add(sign(i % 2 == 0 ? "KEYBOARD_ACTIVITY" : "MOUSE_MOVEMENT", 53990));
    for (const int rows : {1, 2, 5, 9, 10, 24, 60}) {
        for (const int columns : {1, 7, 80, 300}) {
            for (const bool color : {false, true}) {
                const auto shown = lines({.columns = columns, .rows = rows}, color);
                EXPECT_THAT(shown, SizeIs(rows));
                for (const auto& line : shown) {
                    const auto plain = fit(line, 1000);
                    EXPECT_EQ(fit(line, static_cast<std::size_t>(columns)), plain) << rows << "x" << columns;
                }
            }
        }
    }
}

TEST_F(WatchView, CountsTheResourcesThatHaveNoRoomAndKeepsRoomForEvents) {
    watched_.status = status(40);
    for (int i = 0; i < 50; ++i) watched_.add(sign(i % 2 == 0 ? "KEYBOARD_ACTIVITY" : "MOUSE_MOVEMENT", 53990));
    EXPECT_THAT(lines(), AllOf(Contains("... and 32 more"), Contains("14:59:50 pointer ×2"), Contains("q leaves")));
}

TEST_F(WatchView, SumsSignsOfOneKindAndLeavesOutTheTicks) {
    watched_.add(sign("KEYBOARD_ACTIVITY", 53990));
    watched_.add(parse(R"({"type": "TIMER_TICK", "timestamp": 53992, "content": {"nowtime": 1}})"));
    watched_.add(sign("KEYBOARD_ACTIVITY", 53995));
    EXPECT_THAT(lines(), AllOf(Contains("14:59:55 keyboard ×4"), Not(Contains(HasSubstr("14:59:5 ")))));
    EXPECT_THAT(watched_.events, SizeIs(1));
}

TEST_F(WatchView, SaysWhatIsWrongAboveWhatWasLastSeen) {
    watched_.status = status(1);
    watched_.trouble = "doze was stopped. Waiting for it to come back.";
    EXPECT_THAT(lines(), AllOf(Contains("doze was stopped. Waiting for it to come back."), Contains("Registered: 1.")));
}

TEST_F(WatchView, ShowsTroublesWhereTheyAreNotCutAndSizesInThePlaceOfWordsThatSayLess) {
    watched_.status = parse(R"({"resources": [
        {"id": "eks:us-east-1:main/workers", "kind": "eks", "state": "ACTIVE", "phase": "awake", "registered": true,
         "trouble": "AWS refuses.", "size": {"desired": 2, "min": 1, "max": 4}}]})");
    EXPECT_THAT(lines({.columns = 50, .rows = 24}),
                AllOf(Contains("eks:us-east-1:main/workers: AWS refuses."), Contains(HasSubstr("at 2 (1 to 4)")),
                      Each(Not(HasSubstr("ACTIVE")))));
}

TEST_F(WatchView, SaysThatDozeNoLongerAnswers) {
    watched_.status = status(1);
    watched_.status_at = now_ - std::chrono::seconds(30);
    EXPECT_THAT(lines(), Contains("doze has not answered for 30 s."));
    watched_.status_at = now_ - std::chrono::seconds(3);
    EXPECT_THAT(lines(), Each(Not(HasSubstr("not answered"))));
}

}  // namespace
}  // namespace doze::cli
