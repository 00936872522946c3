#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/offline/doctor/finding.hpp"

namespace doze::doctor::report_test {
namespace {

using testing::HasSubstr;
using testing::Not;

const Findings healthy{{.area = "clock", .what = "this machine", .finding = "as AWS's"},
                       {.area = "daemon",
                        .what = "doze",
                        .grade = Grade::note,
                        .finding = "not running",
                        .fix = "Start it with `doze run`."}};
const Finding broken{.area = "ports", .what = "UDP", .grade = Grade::fail, .finding = "taken by nc", .fix = "Stop it."};

TEST(Report, PutsTheFixBelowItsLine) {
    auto findings = healthy;
    findings.push_back(broken);
    EXPECT_EQ(report_text(findings, false),
              "      AREA    WHAT          FINDING\n"
              "ok    clock   this machine  as AWS's\n"
              "note  daemon  doze          not running\n"
              "      -> Start it with `doze run`.\n"
              "fail  ports   UDP           taken by nc\n"
              "      -> Stop it.\n"
              "\n"
              "3 checks: 1 failed.\n");
}

TEST(Report, IsHealthyUntilSomethingFails) {
    auto findings = healthy;
    EXPECT_TRUE(is_healthy(findings));
    EXPECT_THAT(report_text(findings, false), HasSubstr("2 checks: nothing is wrong."));
    findings.push_back({.area = "files", .what = "x", .grade = Grade::warn, .finding = "open", .fix = "chmod"});
    EXPECT_TRUE(is_healthy(findings));
    EXPECT_THAT(report_text(findings, false), HasSubstr("3 checks: 1 needs attention."));
    findings.push_back(broken);
    EXPECT_FALSE(is_healthy(findings));
    EXPECT_THAT(report_text(findings, false), HasSubstr("4 checks: 1 failed, 1 needs attention."));
}

TEST(Report, KeepsForeignTextOffTheTerminal) {
    Finding foreign = broken;
    foreign.finding = "taken by \x1b[31mevil\nok    clock";
    foreign.fix = "\x1b]0;x\x07";
    const auto text = report_text({foreign, broken}, false);
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, HasSubstr("fail  ports  UDP   taken by nc\n"));
}

TEST(Report, IsColouredOnATerminalOnly) {
    EXPECT_THAT(report_text(healthy, true), HasSubstr("\x1b["));
    EXPECT_THAT(report_text(healthy, false), Not(HasSubstr("\x1b[")));
}

TEST(Report, TellsProgramsTheSame) {
    const auto json = boost::json::serialize(report_json({healthy.front(), broken}));
    EXPECT_EQ(json, R"({"healthy":false,"counts":{"ok":1,"note":0,"warn":0,"fail":1},"findings":[)"
                    R"({"area":"clock","what":"this machine","state":"ok","finding":"as AWS's","fix":null},)"
                    R"({"area":"ports","what":"UDP","state":"fail","finding":"taken by nc","fix":"Stop it."}]})");
}

}  // namespace
}  // namespace doze::doctor::report_test
