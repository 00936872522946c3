#include <algorithm>
#include <chrono>
#include <gmock/gmock.h>
#include <map>
#include <optional>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/client.hpp"
#include "cli/console.hpp"
#include "unit/cli/fake_daemon.hpp"

namespace doze::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

namespace json = boost::json;

constexpr const char* lists = R"({"ec2_instances": [{"id": "i-0123456789abcdef0", "region": "eu-west-1"}],
    "ecs_clusters": [{"name": "web", "region": "us-east-1", "services": [{"name": "api"}]}],
    "eks_clusters": [{"name": "main", "region": "us-east-1", "nodegroups": [{"name": "workers"}]}]})";

class Run : public testing::Test {
   protected:
    Run() {
        std::string name = testing::TempDir() + "doze-cli-XXXXXX";
        folder_ = ::mkdtemp(name.data());
    }
    ~Run() override {
        daemon_.reset();
        std::filesystem::remove_all(folder_);
    }

    void start(FakeDaemon::Script script) { daemon_.emplace(folder_ / "doze.sock", std::move(script)); }

    /// A daemon that knows some resources and says "done" to everything else.
    void start_obliging() {
        start([](const std::string& type, const json::object&) -> json::value {
            if (type == "LIST_ALL_SERVICES") return json::parse(lists);
            if (type == "LIST_REGISTERED_SERVICES") return json::object();
            if (type == "USER_ACTIVITY") return nullptr;
            return {{"result", true}, {"message", "It is done."}};
        });
    }

    int run(std::vector<std::string> arguments) {
        out_.str("");
        err_.str("");
        arguments.insert(arguments.begin(), {"doze", "--state-dir", folder_.string()});
        const Console console{.out = out_,
                              .err = err_,
                              .out_is_terminal = terminal_,
                              .environment = [this](const char* name) -> std::optional<std::string> {
                                  const auto found = environment_.find(name);
                                  if (found == environment_.end()) return std::nullopt;
                                  return found->second;
                              },
                              .answers = answers_ ? &*answers_ : nullptr};
        const InProcessCommands in_process{.run =
                                               [this](const RunOptions& options) {
                                                   ran_ = options;
                                                   return 42;
                                               },
                                           .auth =
                                               [this](const AuthOptions& options, const Console&) {
                                                   authorized_ = options;
                                                   return 43;
                                               },
                                           .doctor =
                                               [this](const DoctorOptions& options, const Console&) {
                                                   examined_ = options;
                                                   return 44;
                                               },
                                           .iam_policy =
                                               [this](const PolicyOptions& options, const Console&) {
                                                   policy_ = options;
                                                   return 45;
                                               },
                                           .check_config =
                                               [this](const InspectOptions& options, const Console&) {
                                                   inspected_ = options;
                                                   return 46;
                                               },
                                           .show_config =
                                               [this](const InspectOptions& options, const Console&) {
                                                   inspected_ = options;
                                                   return 47;
                                               },
                                           .logs =
                                               [this](const LogsOptions& options, const Console&) {
                                                   logged_ = options;
                                                   return 48;
                                               }};
        return cli::run(arguments, console, in_process);
    }

    std::filesystem::path folder_;
    std::optional<FakeDaemon> daemon_;
    std::ostringstream out_;
    std::ostringstream err_;
    bool terminal_ = false;
    std::optional<std::istringstream> answers_;
    std::map<std::string, std::string> environment_ = {{"HOME", "/home/a"}};
    std::optional<RunOptions> ran_;
    std::optional<AuthOptions> authorized_;
    std::optional<DoctorOptions> examined_;
    std::optional<PolicyOptions> policy_;
    std::optional<InspectOptions> inspected_;
    std::optional<LogsOptions> logged_;
};

TEST_F(Run, HandsConfigOver) {
    EXPECT_EQ(run({"config", "check"}), 46);
    EXPECT_EQ(inspected_->config_dir, "/home/a/.config/doze");
    EXPECT_EQ(run({"config", "show", "--json", "--config-dir", "/etc/doze"}), 47);
    EXPECT_TRUE(inspected_->json);
    EXPECT_EQ(inspected_->config_option, "/etc/doze");
    EXPECT_EQ(inspected_->state_option, folder_);
    EXPECT_EQ(run({"config"}), usage);
}

TEST_F(Run, HandsLogsOver) {
    EXPECT_EQ(run({"logs"}), 48);
    EXPECT_EQ(logged_->state_dir, folder_);
    EXPECT_EQ(logged_->lines, 50U);
    EXPECT_FALSE(logged_->follow);
    EXPECT_EQ(run({"logs", "-f", "-n", "7"}), 48);
    EXPECT_EQ(logged_->lines, 7U);
    EXPECT_TRUE(logged_->follow);
    EXPECT_EQ(run({"logs", "-n", "-1"}), usage);
}

TEST_F(Run, HandsAuthOverWithItsOptions) {
    EXPECT_EQ(run({"auth", "status", "--json"}), 43);
    ASSERT_TRUE(authorized_);
    EXPECT_EQ(authorized_->action, AuthOptions::Action::status);
    EXPECT_TRUE(authorized_->json);
    EXPECT_EQ(authorized_->config_dir, "/home/a/.config/doze");
    EXPECT_EQ(run({"auth", "set", "--profile", "dev"}), 43);
    EXPECT_EQ(authorized_->action, AuthOptions::Action::set);
    EXPECT_EQ(authorized_->profile, "dev");
    EXPECT_EQ(run({"auth", "forget"}), 43);
    EXPECT_EQ(authorized_->action, AuthOptions::Action::forget);
    EXPECT_EQ(run({"auth"}), usage);
}

TEST_F(Run, RunsTheDaemonWithItsDirectories) {
    EXPECT_EQ(run({"run", "--dry-run", "--log-level", "debug"}), 42);
    ASSERT_TRUE(ran_);
    EXPECT_EQ(ran_->state_dir, folder_);
    EXPECT_EQ(ran_->config_dir, "/home/a/.config/doze");
    EXPECT_TRUE(ran_->dry_run);
    EXPECT_EQ(ran_->log_level, "debug");
}

TEST_F(Run, ExaminesInThisProcess) {
    EXPECT_EQ(run({"doctor"}), 44);
    ASSERT_TRUE(examined_);
    EXPECT_EQ(examined_->within, std::chrono::seconds(10));
    EXPECT_EQ(run({"doctor", "--json", "--color", "always", "--within", "60"}), 44);
    EXPECT_EQ(examined_->within, std::chrono::seconds(60));
    EXPECT_EQ(examined_->state_dir, folder_);
    EXPECT_TRUE(examined_->json);
    EXPECT_TRUE(examined_->color);
}

TEST_F(Run, PrintsThePolicyInThisProcess) {
    EXPECT_EQ(run({"iam-policy", "--profile", "work", "--explain"}), 45);
    ASSERT_TRUE(policy_);
    EXPECT_EQ(policy_->profile, "work");
    EXPECT_TRUE(policy_->explain);
    EXPECT_FALSE(policy_->all);
}

TEST_F(Run, ExplainsItself) {
    EXPECT_EQ(run({"--help"}), success);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("Exit codes"), HasSubstr("3  doze is not running"), HasSubstr("TARGET")));
    for (const std::string command : {"run", "status", "list", "start", "stop", "scale", "register", "unregister",
                                      "registered", "away", "back", "doctor", "iam-policy", "version"}) {
        EXPECT_EQ(run({command, "--help"}), success) << command;
        EXPECT_THAT(out_.str(), HasSubstr("Examples:\n  doze " + command)) << command;
    }
}

TEST_F(Run, RefusesWrongUsageWithoutLookingForADaemon) {
    const std::vector<std::vector<std::string>> wrong = {{},
                                                         {"frobnicate"},
                                                         {"list", "s3"},
                                                         {"start"},
                                                         {"start", "nonsense"},
                                                         {"start", "i-0123456789abcdef0", "--region", "mars"},
                                                         {"scale", "main/workers", "-1"},
                                                         {"scale", "main/workers", "many"},
                                                         {"scale", "main/workers"},
                                                         {"scale", "ecs:web/api", "1"},
                                                         {"register", "i-0123456789abcdef0", "--desired-size", "x"},
                                                         {"status", "--color", "pink"},
                                                         {"run", "--log-level", "loud"}};
    for (const auto& arguments : wrong) {
        EXPECT_EQ(run(arguments), usage) << testing::PrintToString(arguments);
        EXPECT_THAT(err_.str(), Not(IsEmpty()));
        EXPECT_THAT(out_.str(), IsEmpty());
    }
    EXPECT_FALSE(ran_);
}

TEST_F(Run, SaysHowToStartADaemonThatIsNotThere) {
    for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
             {"status"}, {"list"}, {"away"}, {"back"}, {"registered"}, {"stop", "i-0123456789abcdef0"}}) {
        EXPECT_EQ(run(arguments), no_daemon);
        EXPECT_THAT(err_.str(), StartsWith("error: doze is not running. Start it with `doze run`."));
        EXPECT_THAT(out_.str(), IsEmpty());
    }
    start_obliging();
    daemon_.reset();
    EXPECT_EQ(run({"status"}), no_daemon);
}

TEST_F(Run, SnoozesUntilAMoment) {
    start([](const std::string&, const json::object&) -> json::value {
        return {{"result", true}, {"until", 1'767'603'600}, {"message", "Nothing is put to sleep for 2 h."}};
    });
    EXPECT_EQ(run({"snooze", "2h"}), success);
    EXPECT_THAT(out_.str(), StartsWith("Nothing is put to sleep for 2 h. Until "));
    EXPECT_THAT(daemon_->asked().at(0), StartsWith("SNOOZE {\"minutes\":120}"));
    EXPECT_EQ(run({"snooze", "until", "tomorrow", "9:00"}), success);
    EXPECT_THAT(daemon_->asked().at(1), StartsWith("SNOOZE {\"until\":"));
    EXPECT_EQ(run({"snooze", "soon"}), usage);
    EXPECT_EQ(run({"snooze"}), usage);
    EXPECT_EQ(daemon_->asked().size(), 2U);
}

TEST_F(Run, AsksForTheHistoryPageByPage) {
    start([](const std::string&, const json::object& content) -> json::value {
        json::array lines;
        auto id = content.contains("before") ? content.at("before").as_int64() : 1501;
        for (auto left = content.at("limit").as_int64(); left > 0 && id > 1; --left)
            lines.push_back({{"id", --id}, {"at", id}, {"reason", "away"}, {"level", "info"}, {"text", "Away."}});
        json::object reply{{"lines", std::move(lines)}};
        if (id > 1) reply["before"] = id;
        return reply;
    });
    EXPECT_EQ(run({"history", "--since", "2d", "--json"}), success);
    EXPECT_EQ(json::parse(out_.str()).at("lines").as_array().size(), 1500U);
    EXPECT_EQ(daemon_->asked().size(), 2U);
    EXPECT_EQ(run({"history", "--json"}), success);
    EXPECT_EQ(json::parse(out_.str()).at("lines").as_array().size(), 50U);
    EXPECT_EQ(run({"history", "--limit", "1200", "--json"}), success);
    EXPECT_EQ(json::parse(out_.str()).at("lines").as_array().size(), 1200U);
    EXPECT_EQ(run({"history", "--since", "lately"}), usage);
}

TEST_F(Run, KnowsItsVersionWithoutADaemon) {
    EXPECT_EQ(run({"version"}), success);
    EXPECT_THAT(out_.str(), testing::MatchesRegex("doze [0-9]+\\.[0-9]+\\.[0-9]+.*\n"));
    EXPECT_EQ(run({"version", "--json"}), success);
    EXPECT_TRUE(json::parse(out_.str()).as_object().contains("version"));
}

TEST_F(Run, SaysThatTheSocketBelongsToSomebodyElse) {
    if (::geteuid() == 0) GTEST_SKIP() << "root may use every socket";
    start_obliging();
    ::chmod((folder_ / "doze.sock").c_str(), 0);
    EXPECT_EQ(run({"status"}), failed);
    EXPECT_THAT(err_.str(), HasSubstr("may not use"));
}

TEST_F(Run, ShowsTablesToPeopleAndJsonToPrograms) {
    start_obliging();
    EXPECT_EQ(run({"list"}), success);
    EXPECT_THAT(out_.str(), AllOf(HasSubstr("INSTANCE"), HasSubstr("workers"), Not(HasSubstr("\x1b"))));
    EXPECT_EQ(run({"list", "--json"}), success);
    EXPECT_EQ(json::parse(out_.str()), json::parse(lists));
    EXPECT_THAT(err_.str(), IsEmpty());
}

TEST_F(Run, AsksForWhatTheOptionsSay) {
    start_obliging();
    run({"list", "ec2", "--region", "us-east-1", "--fresh"});
    run({"list", "ecs"});
    run({"status"});
    run({"registered"});
    run({"away"});
    EXPECT_THAT(daemon_->asked(),
                ElementsAre(R"(AWS_EC2_LIST {"region":"us-east-1","max_age_seconds":0})", "AWS_ECS_LIST {}",
                            "SYSTEM_STATUS {}", "LIST_REGISTERED_SERVICES {}", "AWAY {}"));
}

TEST_F(Run, ColoursOnATerminalUnlessToldOtherwise) {
    start([](const std::string&, const json::object&) -> json::value { return {{"presence", {{"state", "active"}}}}; });
    const auto colours = [&](std::vector<std::string> arguments) {
        run(std::move(arguments));
        return out_.str().find("\x1b[32mactive") != std::string::npos;
    };
    EXPECT_FALSE(colours({"status"}));
    EXPECT_TRUE(colours({"status", "--color", "always"}));
    terminal_ = true;
    EXPECT_TRUE(colours({"status"}));
    EXPECT_FALSE(colours({"status", "--color", "never"}));
    environment_["NO_COLOR"] = "1";
    EXPECT_FALSE(colours({"status"}));
    EXPECT_TRUE(colours({"status", "--color=always"}));
}

TEST_F(Run, LooksTheRegionUpAndOrdersAllTargetsAtOnce) {
    start_obliging();
    EXPECT_EQ(run({"start", "i-0123456789abcdef0", "ecs:us-east-1:web/api"}), success);
    EXPECT_EQ(out_.str(),
              "ec2:eu-west-1:i-0123456789abcdef0: It is done.\n"
              "ecs:us-east-1:web/api: It is done.\n");
    EXPECT_THAT(
        daemon_->asked(),
        ElementsAre(
            "LIST_REGISTERED_SERVICES {}", "LIST_ALL_SERVICES {}",
            R"(AWS_SERVICE_STATUS {"service_type":"EC2","instance_id":"i-0123456789abcdef0","region":"eu-west-1","action":"START"})",
            R"(AWS_SERVICE_STATUS {"service_type":"ECS","cluster_name":"web","service_name":"api","region":"us-east-1","action":"START"})"));
    EXPECT_EQ(run({"stop", "i-0fffffffffffffff0"}), failed);
    EXPECT_THAT(err_.str(), HasSubstr("has not seen i-0fffffffffffffff0"));
}

TEST_F(Run, AsksAboutWhatIsNotRegisteredWhereSomebodyCanAnswer) {
    start([](const std::string& type, const json::object&) -> json::value {
        if (type == "LIST_REGISTERED_SERVICES")
            return json::parse(R"({"ec2_instances": [{"instance_id": "i-0123456789abcdef0", "region": "us-east-1"}]})");
        return {{"result", true}, {"message", "It is done."}};
    });
    const std::string own = "ec2:us-east-1:i-0123456789abcdef0", other = "ec2:us-east-1:i-0fffffffffffffff0";
    answers_.emplace("");
    EXPECT_EQ(run({"stop", own}), success);
    EXPECT_EQ(err_.str(), "");
    answers_.emplace("\n");
    EXPECT_EQ(run({"stop", own, other}), failed) << "an empty answer is a no";
    EXPECT_THAT(err_.str(), HasSubstr(other + " is not registered"));
    EXPECT_EQ(out_.str(), "") << "nothing is done by halves";
    answers_.emplace("");
    EXPECT_EQ(run({"stop", other}), failed);
    answers_.emplace("y\n");
    EXPECT_EQ(run({"stop", other}), success);
    answers_.emplace("");
    EXPECT_EQ(run({"stop", "--yes", other}), success);
    answers_.reset();
    EXPECT_EQ(run({"stop", other}), success) << "a script is not asked";
}

TEST_F(Run, ScalesANodeGroup) {
    start_obliging();
    EXPECT_EQ(run({"scale", "main/workers", "3", "--json"}), success);
    EXPECT_EQ(json::parse(out_.str()).at("results").at(0).at("target"), "eks:us-east-1:main/workers");
    EXPECT_THAT(daemon_->asked().back(), HasSubstr(R"("action":"SCALE","desired_size":3)"));
}

TEST_F(Run, RegistersWithEverythingThatWasSaid) {
    start_obliging();
    EXPECT_EQ(
        run({"register", "eks:us-east-1:main/workers", "--description", "노드", "--desired-size", "2", "--force"}),
        success);
    EXPECT_EQ(out_.str(), "It is done.\n");
    EXPECT_EQ(run({"unregister", "eks:us-east-1:main/workers"}), success);
    EXPECT_THAT(
        daemon_->asked(),
        ElementsAre(
            R"(REGISTER_SERVICE {"service_type":"EKS","cluster_name":"main","nodegroup_name":"workers","region":"us-east-1","description":"노드","desired_size":2,"force":true})",
            R"(UNREGISTER_SERVICE {"service_type":"EKS","cluster_name":"main","nodegroup_name":"workers","region":"us-east-1"})"));
}

TEST_F(Run, ComesBackAndShowsTheStatus) {
    start_obliging();
    EXPECT_EQ(run({"back"}), success);
    EXPECT_THAT(daemon_->asked(), ElementsAre(HasSubstr("USER_ACTIVITY"), "PING {}", "SYSTEM_STATUS {}"));
}

TEST_F(Run, TellsWhatTheDaemonRefused) {
    start([](const std::string&, const json::object& content) -> json::value {
        if (content.contains("instance_id") && content.at("instance_id") == "i-0123456789abcdef0") {
            return {{"result", true}, {"message", "It is done."}};
        }
        return {{"error", "GUARDED"}, {"message", "The tag env=production guards it."}};
    });
    EXPECT_EQ(run({"register", "ecs:us-east-1:web/api"}), failed);
    EXPECT_EQ(err_.str(), "error: The tag env=production guards it. (GUARDED)\n");
    EXPECT_THAT(out_.str(), IsEmpty());
    EXPECT_EQ(run({"register", "ecs:us-east-1:web/api", "--json"}), failed);
    EXPECT_EQ(json::parse(out_.str()).at("error"), "GUARDED");

    EXPECT_EQ(run({"stop", "ecs:us-east-1:web/api", "ec2:us-east-1:i-0123456789abcdef0"}), failed);
    EXPECT_EQ(out_.str(), "ec2:us-east-1:i-0123456789abcdef0: It is done.\n");
    EXPECT_THAT(err_.str(), HasSubstr("ecs:us-east-1:web/api: The tag"));
}

TEST_F(Run, SaysThatTheDaemonWentAway) {
    // Takes the request, drops the reply; the end of the only connection follows from the end of the daemon.
    std::thread stopper;
    std::promise<void> asked;
    start([&](const std::string&, const json::object&) -> json::value {
        asked.set_value();
        return nullptr;
    });
    stopper = std::thread([&] {
        asked.get_future().wait();
        daemon_.reset();
    });
    EXPECT_EQ(run({"status"}), failed);
    stopper.join();
    EXPECT_THAT(err_.str(), HasSubstr("closed the connection before it answered"));
}

/// An output that tells once it has so many lines.
class Lines : public std::stringbuf {
   public:
    Lines(std::ptrdiff_t wanted, std::function<void()> then) : wanted_(wanted), then_(std::move(then)) {}

   private:
    int sync() override {
        const auto text = str();
        if (std::ranges::count(text, '\n') == wanted_) std::exchange(then_, [] {})();
        return 0;
    }

    std::ptrdiff_t wanted_;
    std::function<void()> then_;
};

TEST_F(Run, ShowsEventsUntilTheDaemonEnds) {
    const std::vector<std::string> events = {
        R"({"id":"1","type":"USER_ACTIVITY","timestamp":1,"content":{"activity":"KEYBOARD_ACTIVITY","count":12}})",
        R"({"id":"2","type":"TIMER_END","timestamp":2,"content":{"reason":"active"}})"};
    for (const bool as_json : {false, true}) {
        start_obliging();
        daemon_->events = events;
        std::promise<void> seen;
        Lines lines(2, [&] { seen.set_value(); });
        std::thread stopper([&] {
            seen.get_future().wait();
            daemon_.reset();
        });
        auto* before = out_.std::ios::rdbuf(&lines);
        EXPECT_EQ(as_json ? run({"events", "--json"}) : run({"events"}), failed);
        out_.std::ios::rdbuf(before);
        stopper.join();
        EXPECT_THAT(err_.str(), HasSubstr("doze closed the connection."));
        if (as_json) {
            EXPECT_EQ(lines.str(), events[0] + "\n" + events[1] + "\n");
        } else {
            EXPECT_THAT(lines.str(), AllOf(HasSubstr(" keyboard ×12\n"), HasSubstr(" active\n")));
        }
    }
}

TEST_F(Run, TellsThatADaemonKnowsNoEvents) {
    start([](const std::string&, const json::object&) -> json::value {
        return {{"error", "UNKNOWN_COMMAND"}, {"message", "There is no command EVENTS."}};
    });
    EXPECT_EQ(run({"events"}), failed);
    EXPECT_THAT(err_.str(), HasSubstr("There is no command EVENTS."));
}

TEST_F(Run, DoesNotWaitForEver) {
    start([](const std::string&, const json::object&) -> json::value { return nullptr; });
    auto client = Client::connect(folder_ / "doze.sock", {.timeout = std::chrono::milliseconds(20)}).value();
    const auto answer = client.ask("SYSTEM_STATUS");
    ASSERT_FALSE(answer.has_value());
    EXPECT_THAT(answer.error().message, HasSubstr("did not answer within"));
}

TEST_F(Run, TellsOfItsWaitingUntilTheAnswerComes) {
    std::promise<void> told;
    start([&](const std::string&, const json::object&) -> json::value {
        told.get_future().wait();  // Answers only after the client told of its waiting.
        return json::object();
    });
    std::vector<std::chrono::seconds> waits;
    const auto note = [&](std::chrono::seconds waited) {
        waits.push_back(waited);
        if (waits.size() == 1) told.set_value();
    };
    auto client = Client::connect(folder_ / "doze.sock", {.progress = note}).value();
    EXPECT_TRUE(client.ask("SYSTEM_STATUS").has_value());
    ASSERT_THAT(waits, Not(IsEmpty()));
    EXPECT_GE(waits.front(), std::chrono::seconds(1));
}

}  // namespace
}  // namespace doze::cli
