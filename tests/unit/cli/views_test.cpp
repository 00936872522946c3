#include "cli/views.hpp"

#include <boost/json.hpp>
#include <cstdlib>
#include <ctime>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "commands/stream_event.hpp"

namespace doze::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class Views : public testing::Test {
   protected:
    Views() {
        ::setenv("TZ", "UTC", 1);
        ::tzset();
    }
    static boost::json::object parse(std::string_view text) { return boost::json::parse(text).as_object(); }

    const core::WallTime now_{std::chrono::hours(15)};  // 15:00 of the first day.
};

TEST_F(Views, ShowTheStatus) {
    const auto content = parse(R"({
        "version": "0.1.0", "uptime_seconds": 11100, "dry_run": true,
        "presence": {"state": "away", "since": 53280, "for_seconds": 720, "away_in_seconds": null, "locked": true},
        "sources": [
            {"name": "x11-keyboard", "kind": "keyboard", "state": "running", "detail": ""},
            {"name": "x11-screen", "kind": "screen", "state": "unavailable", "detail": "No display."}],
        "last_signals": {"keyboard": 720, "screen": null},
        "counts": {"registered": 3, "asleep": 2, "awake": 0, "in_transit": 0, "guarded": 1, "trouble": 0},
        "resources": [
            {"id": "ec2:us-east-1:i-0abc", "description": "빌드 서버", "registered": true, "state": "stopped",
             "phase": "asleep", "step": "asleep", "since": 53300, "guard": null, "trouble": null,
             "size": {"desired": 0, "min": null, "max": null}, "snapshot": {"desired": 1, "min": null, "max": null}},
            {"id": "eks:us-east-1:main/workers", "description": "", "registered": true, "state": "ACTIVE",
             "phase": "awake", "step": null, "guard": "The tag env=production guards it.", "trouble": null,
             "size": {"desired": 2, "min": 1, "max": 4}, "snapshot": null}],
        "regions": [{"region": "eu-west-1", "kind": "ecs", "age_seconds": null, "error": "Access denied."},
                    {"region": "us-east-1", "kind": "ecs", "age_seconds": 3, "error": null}]})");
    EXPECT_EQ(status_text(content, now_, false),
              R"(doze 0.1.0, up for 3 h 5 min.
Dry run: doze decides and shows everything, and changes nothing.
You are away since 14:48 (for 12 min), the screen is locked.

SOURCE        STATE        LAST SIGNAL  NOTE
x11-keyboard  running      12 min ago   -
x11-screen    unavailable  -            No display.

Registered: 3, 2 asleep, 1 guarded.
RESOURCE                    STATE    SIZE        DOZE    BEFORE  SINCE  NOTE
ec2:us-east-1:i-0abc        stopped  0           asleep  1       14:48  빌드 서버
eks:us-east-1:main/workers  ACTIVE   2 (1 to 4)  -       -       -      The tag env=production guards it.

eu-west-1 ecs could not be read: Access denied.
)");
}

TEST_F(Views, SayThatDozeIsBlindAndWhatNothingRegisteredMeans) {
    const auto text = status_text(parse(R"({"version": "1", "presence": {"state": "unknown"}})"), now_, false);
    EXPECT_THAT(text, HasSubstr("doze is blind: nothing tells it of your keyboard or pointer"));
    EXPECT_THAT(text, HasSubstr("`doze register TARGET`"));
    EXPECT_THAT(text, Not(HasSubstr("You are")));
}

TEST_F(Views, SayWhenAPersonWillBeAway) {
    const auto text = status_text(
        parse(R"({"presence": {"state": "active", "since": 53820, "for_seconds": 180, "away_in_seconds": 1620}})"),
        now_, false);
    EXPECT_THAT(text, HasSubstr("You are active since 14:57 (for 3 min), away in 27 min.\n"));
}

TEST_F(Views, ListEverything) {
    const auto content = parse(R"({
        "ec2_instances": [
            {"id": "i-0abc", "name": "개발", "type": "t3.micro", "state": "running", "public_ip": null,
             "private_ip": "10.0.0.7", "region": "us-east-1", "managed": true, "asleep": false, "guard": null},
            {"id": "i-0def", "name": "", "type": "t3.large", "state": "stopped", "public_ip": null, "private_ip": null,
             "region": "eu-west-1", "managed": true, "asleep": true, "guard": null},
            {"id": "i-0aaa", "name": "", "type": "t3.large", "state": "stopped", "public_ip": null, "private_ip": null,
             "region": "eu-west-1", "managed": true, "asleep": false, "stopped_by_you": true, "guard": null},
            {"id": "i-0fff", "name": "shop", "type": "t3.large", "state": "running", "public_ip": "3.4.5.6",
             "private_ip": "10.0.0.9", "region": "eu-west-1", "managed": false, "asleep": false, "guard": "No."}],
        "ecs_clusters": [
            {"name": "web", "status": "ACTIVE", "region": "us-east-1", "services": [
                {"name": "api", "status": "ACTIVE", "desired_count": 3, "running_count": 2, "pending_count": 1,
                 "managed": true, "asleep": false, "guard": "No."}]},
            {"name": "empty", "status": "ACTIVE", "region": "us-east-1", "services": []}],
        "eks_clusters": [],
        "age_seconds": 125,
        "errors": [{"region": "ap-northeast-2", "kind": "eks", "error": "ACCESS_DENIED", "message": "Not allowed."}]})");
    EXPECT_EQ(list_text(content, "all", false),
              R"(INSTANCE  NAME  TYPE      STATE    PUBLIC IP  PRIVATE IP  REGION     DOZE            NOTE
i-0abc    개발  t3.micro  running  -          10.0.0.7    us-east-1  registered      -
i-0def    -     t3.large  stopped  -          -           eu-west-1  asleep          -
i-0aaa    -     t3.large  stopped  -          -           eu-west-1  stopped by you  -
i-0fff    shop  t3.large  running  3.4.5.6    10.0.0.9    eu-west-1  guarded         No.

CLUSTER  SERVICE  STATUS  TASKS                      REGION     DOZE                 NOTE
web      api      ACTIVE  2 of 3 running, 1 pending  us-east-1  registered, guarded  No.
empty    -        ACTIVE  -                          us-east-1  -                    -

ap-northeast-2 eks could not be read: Not allowed.
Seen 2 min ago; --fresh asks AWS now.
)");
}

TEST_F(Views, ListNodeGroupsWithTheirSizes) {
    const auto content = parse(R"({"age_seconds": 0, "clusters": [
        {"name": "main", "status": "ACTIVE", "region": "us-east-1", "nodegroups": [
            {"name": "workers", "status": "ACTIVE", "instance_type": "t3.medium", "desired_size": 2, "min_size": 1,
             "max_size": 4, "managed": false, "asleep": false, "guard": null}]}]})");
    EXPECT_EQ(list_text(content, "eks", false),
              "CLUSTER  NODE GROUP  STATUS  TYPE       NODES       REGION     DOZE\n"
              "main     workers     ACTIVE  t3.medium  2 (1 to 4)  us-east-1  -\n"
              "Seen just now; --fresh asks AWS now.\n");
}

TEST_F(Views, ListGroupsAndDatabasesByWhatTheirItemsSay) {
    const auto groups = parse(R"({"age_seconds": 0, "groups": [
        {"name": "fleet", "state": "scaling", "min_size": 1, "desired_size": 2, "max_size": 4, "instances": 1,
         "region": "us-east-1", "managed": true, "asleep": false, "guard": null}]})");
    EXPECT_EQ(list_text(groups, "asg", false),
              "NAME   STATE    INSTANCES                REGION     DOZE\n"
              "fleet  scaling  1 of 2 running (1 to 4)  us-east-1  registered\n"
              "Seen just now; --fresh asks AWS now.\n");
    const auto databases = parse(R"({"age_seconds": 0, "db_instances": [
        {"name": "orders", "state": "stopped", "engine": "postgres", "instance_class": "db.t4g.micro",
         "multi_az": "no", "endpoint": null, "region": "us-east-1", "managed": true, "asleep": true, "guard": null}]})");
    EXPECT_EQ(list_text(databases, "rds", false),
              "NAME    STATE    ENGINE    INSTANCE CLASS  MULTI AZ  ENDPOINT  REGION     DOZE\n"
              "orders  stopped  postgres  db.t4g.micro    no        -         us-east-1  asleep\n"
              "Seen just now; --fresh asks AWS now.\n");
}

TEST_F(Views, SayWhenAwsStartsADatabaseAgain) {
    const auto content = parse(R"({
        "rds_instances": [{"db_instance": "orders", "region": "us-east-1", "description": "", "asleep": true,
                           "state": "stopped", "guard": null, "trouble": null,
                           "restarts_at": "2026-12-01T08:15:30Z"}]})");
    EXPECT_THAT(registered_text(content, false), HasSubstr("AWS starts it again on 2026-12-01; doze stops it then."));
}

TEST_F(Views, SayWhyAListIsEmpty) {
    const auto text = list_text(parse(R"({"instances": [], "age_seconds": null, "errors": []})"), "ec2", false);
    EXPECT_EQ(text,
              "No EC2 instances.\n"
              "The regions looked at are aws.regions in settings.json.\n"
              "AWS has not answered yet: try again in a moment, or see `doze status`.\n");
}

TEST_F(Views, ListRegistrationsUnderTheNamesThatCommandsTake) {
    const auto content = parse(R"({
        "ec2_instances": [{"instance_id": "i-0abc", "region": "us-east-1", "description": "빌드", "asleep": true,
                           "state": "stopped", "guard": null, "trouble": null}],
        "ecs_services": [{"cluster_name": "web", "service_name": "api", "region": "us-east-1", "description": "",
                          "asleep": false, "state": null, "guard": null, "trouble": "No answer."}],
        "eks_nodegroups": []})");
    EXPECT_EQ(registered_text(content, false),
              "RESOURCE               STATE    DOZE    DESCRIPTION  NOTE\n"
              "ec2:us-east-1:i-0abc   stopped  asleep  빌드         -\n"
              "ecs:us-east-1:web/api  -        -       -            No answer.\n");
    EXPECT_THAT(registered_text({}, false), HasSubstr("Nothing is registered"));
}

TEST_F(Views, LetNoNameControlTheTerminal) {
    const auto content = parse(R"({"instances": [{"id": "i-0abc", "name": "\u001b]0;evil\u0007"}], "age_seconds": 1})");
    EXPECT_THAT(list_text(content, "ec2", false), Not(HasSubstr("\x1b")));
}

TEST_F(Views, ShowTheHistoryByDaysWithTheNewestLast) {
    const auto lines = boost::json::parse(R"([
        {"at": 57600, "reason": "verified", "level": "info", "text": "web is asleep."},
        {"at": 50523, "reason": "refused", "level": "error", "text": "No\u001b."},
        {"at": -35877, "reason": "away", "level": "info", "text": "You are away."},
        {"at": -122277, "reason": "started", "level": "info", "text": "doze started."}])");
    EXPECT_EQ(history_text(lines.as_array(), core::WallTime(std::chrono::hours(17)), false),
              "Tue 1969-12-30\n  14:02:03  doze started.  (started)\n"
              "yesterday\n  14:02:03  You are away.  (away)\n"
              "today\n  14:02:03  No\uFFFD.  (refused)\n  16:00:00  web is asleep.  (verified)\n");
    EXPECT_EQ(history_text({}, core::WallTime(), false), "Nothing happened in that time.\n");
}

TEST_F(Views, ShowEventsOneALine) {
    const auto shown = [](std::string_view type, std::string_view content) {
        return event_text(
            parse(fmt::format(R"({{"id": "1", "type": "{}", "timestamp": 50523, "content": {}}})", type, content)));
    };
    EXPECT_EQ(shown("USER_ACTIVITY", R"({"activity": "KEYBOARD_ACTIVITY", "count": 12})"), "14:02:03 keyboard ×12\n");
    EXPECT_EQ(shown("USER_ACTIVITY", R"({"activity": "MOUSE_MOVEMENT", "count": 1})"), "14:02:03 pointer\n");
    EXPECT_EQ(shown("USER_ACTIVITY", R"({"activity": "NEW\u001b[0m"})"), "14:02:03 NEW\uFFFD[0m\n");
    EXPECT_EQ(shown("TIMER_START", R"({"nowtime": 300000, "maxtime": 300000})"), "14:02:03 countdown: 5 min left\n");
    EXPECT_EQ(shown("TIMER_TICK", R"({"nowtime": 4000, "maxtime": 300000})"), "14:02:03 4 s left\n");
    EXPECT_EQ(shown("TIMER_END", R"({"reason": "away"})"), "14:02:03 countdown over: away\n");
    EXPECT_EQ(shown("PRESENCE", R"({"state": "away", "before": "idle"})"), "14:02:03 you are away\n");
    EXPECT_EQ(shown("AWS_EC2_UPDATE", R"({"instances": [{"id": "i-0abc", "name": "web", "state": "stopping"}]})"),
              "14:02:03 i-0abc (web): stopping\n");
    EXPECT_EQ(shown("AWS_EC2_UPDATE", R"({"instances": [{"id": "i-1", "name": "", "state": "running"},
                  {"id": "i-2", "name": "b", "state": "stopping"}, {"id": "i-3", "state": "stopped"}],
                  "changed": ["i-2", "i-3"]})"),
              "14:02:03 i-2 (b): stopping, i-3: stopped\n");
    EXPECT_EQ(shown("AWS_ECS_UPDATE", R"({"clusters": [{"name": "dev", "services": [
                  {"name": "api", "status": "ACTIVE", "desired_count": 0}]}]})"),
              "14:02:03 dev/api: ACTIVE, size 0\n");
    EXPECT_EQ(shown("AWS_RDS_UPDATE", R"({"db_instances": [{"name": "orders", "state": "stopped"}]})"),
              "14:02:03 orders: stopped\n");
    EXPECT_THAT(shown("EVENTS_LOST", R"({"count": 37})"), HasSubstr("37 events lost"));
    EXPECT_EQ(shown("SOMETHING_NEW", "{}"), "14:02:03 SOMETHING_NEW\n");
    for (const auto& type : commands::stream_event_types())
        EXPECT_THAT(shown(type, "{}"), Not(HasSubstr(type))) << "has words for people";
    EXPECT_EQ(event_text(parse("{}")), "- \n");
}

TEST(UnreadText, TellsOneCauseOnceHoweverManyListsItSpoils) {
    const auto lists = boost::json::parse(R"([{"region": "us-east-1", "kind": "ec2", "error": "No keys."},
                                       {"region": "us-east-1", "kind": "ecs", "error": "No keys."},
                                       {"region": "us-east-1", "kind": "eks", "error": "Not allowed."},
                                       {"region": "eu-west-1", "kind": "ec2", "error": "No keys."},
                                       {"region": "eu-west-1", "kind": "ecs", "error": "No keys."},
                                       {"region": "eu-west-1", "kind": "eks", "error": null}])");
    EXPECT_EQ(unread_text(lists.as_array(), "error", false),
              "us-east-1 ec2, us-east-1 ecs, eu-west-1 ec2 and 1 more could not be read: No keys.\n"
              "us-east-1 eks could not be read: Not allowed.\n");
}

}  // namespace
}  // namespace doze::cli
