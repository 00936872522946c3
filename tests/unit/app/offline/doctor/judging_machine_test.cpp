#include <algorithm>
#include <arpa/inet.h>
#include <boost/json/parse.hpp>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <map>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/offline/doctor/aws_checks.hpp"
#include "app/offline/doctor/daemon_status.hpp"
#include "app/offline/doctor/files.hpp"
#include "app/offline/doctor/ports.hpp"
#include "app/offline/doctor/presence_checks.hpp"
#include "base/handle.hpp"
#include "base/version.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::doctor::judging_machine_test {
namespace {

using core::ActivityKind;
using core::SourceState;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Environment environment_of(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
}

const Finding* find(const Findings& findings, std::string_view what) {
    const auto found = std::ranges::find(findings, what, &Finding::what);
    return found == findings.end() ? nullptr : &*found;
}

std::vector<core::SourceStatus> x11(SourceState keyboard, SourceState pointer) {
    return {{.name = "x11-keyboard", .kind = ActivityKind::keyboard, .state = keyboard, .detail = "No X display."},
            {.name = "x11-pointer", .kind = ActivityKind::pointer, .state = pointer, .detail = "No X display."}};
}

TEST(Sources, AreGoodWhileOneSeesThePerson) {
    const auto findings = judge_sources(x11(SourceState::running, SourceState::unavailable));
    EXPECT_EQ(find(findings, "x11-keyboard")->grade, Grade::ok);
    EXPECT_EQ(find(findings, "x11-pointer")->grade, Grade::ok) << "another one sees";
}

TEST(Sources, FailWhenDozeIsBlind) {
    const auto findings = judge_sources(x11(SourceState::unavailable, SourceState::unavailable));
    EXPECT_EQ(find(findings, "x11-keyboard")->grade, Grade::fail);
    EXPECT_THAT(find(findings, "x11-keyboard")->finding, HasSubstr("No X display"));
    EXPECT_THAT(find(findings, "x11-keyboard")->fix, HasSubstr("graphical session"));
    const auto switched_off = judge_sources(x11(SourceState::disabled, SourceState::disabled));
    EXPECT_THAT(find(switched_off, "keyboard, pointer")->finding, HasSubstr("blind"));
    EXPECT_EQ(judge_sources({}).front().grade, Grade::fail);
}

TEST(Sources, FailWhereThePersonMayBeOutOfSight) {
    auto sources = x11(SourceState::running, SourceState::running);
    sources.push_back({.name = "other-sessions",
                       .kind = core::ActivityKind::input,
                       .state = SourceState::unavailable,
                       .detail = "You have another X server, :1, which doze can't watch.",
                       .partial = true,
                       .hides = true});
    const auto findings = judge_sources(sources);
    EXPECT_EQ(find(findings, "other-sessions")->grade, Grade::fail);
    EXPECT_THAT(find(findings, "other-sessions")->finding, HasSubstr(":1"));
}

TEST(Sources, ThatRunSayWhatIsWorthKnowing) {
    const std::vector<core::SourceStatus> sources = {{.name = "logind-session",
                                                      .kind = core::ActivityKind::session,
                                                      .state = SourceState::running,
                                                      .detail = "logind says that the session is locked."}};
    const auto findings = judge_sources(sources);
    EXPECT_EQ(find(findings, "logind-session")->finding, "running; logind says that the session is locked.");
}

TEST(Autostart, IsMissedWhereTheTargetIsNotReached) {
    EXPECT_FALSE(judge_autostart({.is_enabled = false, .is_graphical = true, .target = "inactive"}));
    EXPECT_FALSE(judge_autostart({.is_enabled = true, .is_graphical = true, .target = "active"}));
    EXPECT_FALSE(judge_autostart({.is_enabled = true, .is_graphical = true, .target = ""})) << "systemd says nothing";
    const auto tiling = judge_autostart({.is_enabled = true, .is_graphical = true, .target = "inactive"});
    ASSERT_TRUE(tiling);
    EXPECT_EQ(tiling->grade, Grade::warn);
    EXPECT_THAT(tiling->fix, HasSubstr("exec systemctl --user start doze"));
    const auto headless = judge_autostart({.is_enabled = true, .is_graphical = false, .target = "inactive"});
    ASSERT_TRUE(headless);
    EXPECT_THAT(headless->fix, HasSubstr("enable-linger"));
}

DaemonFacts answered(const std::string& status, std::optional<int> holder = 7) {
    return {.status = boost::json::parse(status).as_object(), .lock_holder = holder};
}

TEST(Daemon, SaysThatItRuns) {
    const auto finding = judge_daemon(
        answered(R"({"version": ")" + std::string(version()) + R"(", "uptime_seconds": 90, "dry_run": false})"), "/s");
    EXPECT_EQ(finding.grade, Grade::ok);
    EXPECT_THAT(finding.finding, AllOf(HasSubstr("process 7"), HasSubstr("90 s")));
}

TEST(Daemon, OfAnotherVersionIsToBeStartedAgain) {
    const auto finding = judge_daemon(answered(R"({"version": "0.0.1"})"), "/s");
    EXPECT_EQ(finding.grade, Grade::warn);
    EXPECT_THAT(finding.fix, HasSubstr("start the daemon again"));
}

TEST(Daemon, ThatHangsIsNamed) {
    const DaemonFacts facts{.status = Error{.message = "doze did not answer within 1 s."}, .lock_holder = 7};
    const auto finding = judge_daemon(facts, "/state");
    EXPECT_EQ(finding.grade, Grade::fail);
    EXPECT_THAT(finding.finding, AllOf(HasSubstr("process 7"), HasSubstr("/state")));
    EXPECT_THAT(finding.fix, HasSubstr("kill 7"));
}

TEST(Daemon, NeedNotRun) {
    const DaemonFacts facts{.status = Error{.code = ErrorCode::not_found, .message = "doze is not running."}};
    EXPECT_EQ(judge_daemon(facts, "/s").grade, Grade::note);
}

TEST(Daemon, TellsItsSourcesAndWhatSleeps) {
    const auto facts = answered(R"({"sources": [{"name": "x11-pointer", "kind": "pointer", "state": "running",
        "detail": ""}], "resources": [{"id": "a", "asleep": true}, {"id": "b", "asleep": false}]})");
    EXPECT_EQ(sources_in(*facts.status),
              (std::vector<core::SourceStatus>{
                  {.name = "x11-pointer", .kind = ActivityKind::pointer, .state = SourceState::running}}));
    EXPECT_THAT(asleep_in(*facts.status), testing::ElementsAre("a"));
}

TEST(Ports, KnowWhoListens) {
    const UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{.sin_family = AF_INET, .sin_addr = {.s_addr = htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const auto listener = listener_of(Protocol::udp, ntohs(address.sin_port));
    ASSERT_TRUE(listener);
    EXPECT_EQ(listener->user, ::getuid());
    EXPECT_EQ(listener->process, ::getpid());
    EXPECT_THAT(listener->program, HasSubstr("doctor"));
}

TEST(Ports, AreFreeWhereNobodyListens) {
    fakes::TempDir proc;
    EXPECT_EQ(listener_of(Protocol::udp, 20200, proc.path()), std::nullopt);
}

TEST(Ports, OfTcpAreTakenByWhoListensThere) {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(listener_of(Protocol::tcp, ntohs(address.sin_port)), std::nullopt);
    ASSERT_EQ(::listen(socket.get(), 1), 0);
    const auto listener = listener_of(Protocol::tcp, ntohs(address.sin_port));
    ASSERT_TRUE(listener);
    EXPECT_EQ(listener->process, ::getpid());
}

PortFacts udp(std::optional<EventSink> listener, bool daemon_runs, bool answers = false) {
    return {.wanted = {.ip = "127.0.0.1", .port = 20200},
            .listener = std::move(listener),
            .daemon_runs = daemon_runs,
            .answers = answers};
}

TEST(Ports, TellDozeFromOthers) {
    const EventSink nc{.user = 1000, .process = 99, .program = "nc"};
    EXPECT_EQ(judge_port(udp(nc, true, true)).finding, "doze listens");
    EXPECT_THAT(judge_port(udp(nc, true)).finding, HasSubstr("taken by nc (process 99)"));
    EXPECT_THAT(judge_port(udp(nc, false)).fix, AllOf(HasSubstr("kill 99"), HasSubstr("udp_server.port")));
    EXPECT_THAT(judge_port(udp(EventSink{.user = 0}, false)).fix, HasSubstr("ss -ulpn"));
    EXPECT_EQ(judge_port(udp(std::nullopt, false)).grade, Grade::ok);
    EXPECT_EQ(judge_port(udp(std::nullopt, true)).grade, Grade::fail);
    auto tcp = udp(nc, false);
    tcp.protocol = Protocol::tcp;
    EXPECT_EQ(judge_port(tcp).what, "TCP 127.0.0.1:20200");
    EXPECT_THAT(judge_port(tcp).fix, HasSubstr("tcp_server.port"));

    tcp.protocol = Protocol::web;
    EXPECT_EQ(judge_port(tcp).what, "WEB 127.0.0.1:20200");
    EXPECT_THAT(judge_port(tcp).fix, HasSubstr("another web.port"));
}

TEST(Ports, HintAtASmallBuffer) {
    EXPECT_EQ(judge_buffer(212'992).grade, Grade::note);
    EXPECT_THAT(judge_buffer(212'992).fix, HasSubstr("net.core.rmem_max=4194304"));
    EXPECT_EQ(judge_buffer(4'194'304).grade, Grade::ok);
}

TEST(Modes, NameTheChmodThatMendsThem) {
    const auto finding = judge_mode("/home/a/.aws/credentials", S_IFREG | 0644, 077);
    ASSERT_TRUE(finding);
    EXPECT_EQ(finding->grade, Grade::warn);
    EXPECT_THAT(finding->finding, HasSubstr("can read /home/a/.aws/credentials"));
    EXPECT_EQ(finding->fix, "chmod 600 '/home/a/.aws/credentials'");
    EXPECT_THAT(judge_mode("/x", S_IFDIR | 0777, 022)->fix, HasSubstr("chmod 755"));
    EXPECT_EQ(judge_mode("/x", S_IFREG | 0600, 077), std::nullopt);
}

TEST(Disk, FailsWhereNothingFits) {
    EXPECT_EQ(judge_disk("/s", std::uintmax_t{1} << 20).grade, Grade::fail);
    EXPECT_EQ(judge_disk("/s", std::uintmax_t{100} << 20).grade, Grade::warn);
    EXPECT_EQ(judge_disk("/s", std::uintmax_t{50} << 30).grade, Grade::ok);
}

TEST(Disk, IsFoundBeforeTheFolderIsMade) {
    fakes::TempDir folder;
    EXPECT_EQ(check_disk(folder.path() / "not" / "there").grade, Grade::ok);
}

TEST(ConfigurationCheck, MakesNoFiles) {
    fakes::TempDir folder;
    const auto configuration = read_configuration(folder.path());
    EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
    for (const auto& finding : configuration.findings) EXPECT_EQ(finding.grade, Grade::note);
}

TEST(ConfigurationCheck, NamesTheLine) {
    fakes::TempDir folder;
    std::ofstream(folder.path() / "services.yaml") << "ec2_instances:\n  - instance_id: i-0abc1234def567890\n";
    std::ofstream(folder.path() / "settings.json") << "{\"aws\": {\"regionz\": []}}\n";
    const auto configuration = read_configuration(folder.path());
    ASSERT_TRUE(configuration.services_trouble);
    const auto* services = find(configuration.findings, "services.yaml");
    ASSERT_NE(services, nullptr);
    EXPECT_EQ(services->grade, Grade::fail);
    EXPECT_THAT(services->finding, HasSubstr("services.yaml:2"));
    EXPECT_THAT(services->fix, Not(IsEmpty()));
    const auto warned = std::ranges::find(configuration.findings, Grade::warn, &Finding::grade);
    ASSERT_NE(warned, configuration.findings.end());
    EXPECT_THAT(warned->finding, HasSubstr("settings.json:1"));
}

TEST(Surroundings, TellOfTheWayToAwsWithoutItsPasswords) {
    const auto findings = judge_surroundings(environment_of({{"AWS_ENDPOINT_URL", "http://ada:secret@127.0.0.1:5000"},
                                                             {"HTTPS_PROXY", "http://ada:s@cr@t@proxy:3128/"},
                                                             {"AWS_CA_BUNDLE", "/no/such/file"}}));
    EXPECT_EQ(find(findings, "AWS_ENDPOINT_URL")->grade, Grade::warn);
    EXPECT_THAT(find(findings, "AWS_ENDPOINT_URL")->finding, HasSubstr("http://127.0.0.1:5000"));
    EXPECT_THAT(find(findings, "AWS_ENDPOINT_URL")->fix, HasSubstr("unset AWS_ENDPOINT_URL"));
    EXPECT_EQ(find(findings, "HTTPS_PROXY")->finding, "requests go through http://proxy:3128/");
    EXPECT_EQ(find(findings, "AWS_CA_BUNDLE")->grade, Grade::fail);
    EXPECT_THAT(judge_surroundings(environment_of({})), IsEmpty());
}

}  // namespace
}  // namespace doze::doctor::judging_machine_test
