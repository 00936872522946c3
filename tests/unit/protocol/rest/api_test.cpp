#include "protocol/rest/api.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <set>

#include "commands/lookup.hpp"
#include "core/model/kinds.hpp"
#include "protocol/rest/command_routes.hpp"
#include "protocol/rest/openapi.hpp"
#include "protocol/rest/schemas.hpp"
#include "server/http/router.hpp"
#include "unit/protocol/desk.hpp"

namespace doze::rest::api_test {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class ApiTest : public testing::Test {
   protected:
    /// "/api/v1/history?limit=5"
    WebReply ask(std::string method, std::string_view target, std::string body = {},
                 std::string content_type = "application/json") {
        WebRequest request{.method = std::move(method),
                           .server = "http://127.0.0.1:1",
                           .path = {},
                           .content_type = body.empty() ? "" : std::move(content_type),
                           .body = std::move(body)};
        const auto mark = target.find('?');
        for (auto path = target.substr(1, mark == target.npos ? mark : mark - 1); !path.empty();) {
            const auto part = path.substr(0, path.find('/'));
            request.path.emplace_back(part);
            path.remove_prefix(std::min(path.size(), part.size() + 1));
        }
        for (auto query = mark == target.npos ? "" : target.substr(mark + 1); !query.empty();) {
            const auto pair = query.substr(0, query.find('&'));
            const auto equals = pair.find('=');
            request.query.emplace_back(pair.substr(0, equals), pair.substr(equals + 1));
            query.remove_prefix(std::min(query.size(), pair.size() + 1));
        }
        replies.clear();
        const auto rows = router.rows(request.path);
        const auto* row = server::row_for(request.method, rows);
        if (!row) return server::no_row(rows);
        row->handler(
            request, [this](WebReply reply) { replies.push_back(std::move(reply)); }, listener);
        return replies.size() == 1 ? replies.front() : WebReply{.status = 0};
    }

    json::value get(std::string_view target) {
        const auto reply = ask("GET", target);
        EXPECT_EQ(reply.status, 200U) << target << ": " << reply.body;
        return json::parse(reply.body);
    }

    struct Ear : commands::EventSink {
        void hear(std::string_view) override {}
    };

    commands::FakeHost host;
    commands::ProgramInfo about{.version = "1.2.3", .started = host.clock.boot() - std::chrono::seconds(90)};
    Api api{host, about};
    server::Router router{api.routes()};
    std::shared_ptr<Ear> listener = std::make_shared<Ear>();
    std::vector<WebReply> replies;
};

TEST_F(ApiTest, EveryRouteIsACommandOfTheTable) {
    for (const auto& route : command_routes()) {
        const auto* command = commands::find_command(commands::Form::json, route.type);
        ASSERT_NE(command, nullptr) << route.type;
        EXPECT_TRUE(is_offered(*command)) << route.type;
    }
}

TEST_F(ApiTest, AnswersWithTheContentOrAMemberOfIt) {
    EXPECT_EQ(get("/api/v1/presence").at("state"), "unknown");
    EXPECT_EQ(get("/api/v1/holds"), json::array());
    EXPECT_EQ(get("/api/v1/status").at("version"), "1.2.3");
    for (const auto& kind : core::kinds()) {
        EXPECT_EQ(get(fmt::format("/api/v1/resources/{}", kind.word)).at(kind.array), json::array());
        EXPECT_EQ(get("/api/v1/registrations").at(kind.registry), json::array());
    }
}

TEST_F(ApiTest, TakesAQueryAsTheContent) {
    EXPECT_EQ(get("/api/v1/history?limit=5&before=17&since=1767500000.5").at("lines"), json::array());
    EXPECT_EQ(host.asked.limit, 6);
    EXPECT_EQ(host.asked.before, 17);
    EXPECT_EQ(get("/api/v1/commands?command=SNOOZE").at("commands").as_array().size(), 1U);
    for (const std::string_view wrong : {"limit=x", "limit=5&limit=6", "limits=5", "limit=true", "limit="})
        EXPECT_EQ(ask("GET", "/api/v1/history?" + std::string(wrong)).status, 400U) << wrong;
}

TEST_F(ApiTest, TakesABodyAsTheContentAndAnswersWhenTheOrderIsDone) {
    EXPECT_EQ(ask("POST", "/api/v1/snooze", R"({"minutes": 60})").status, 0U) << "not yet";
    EXPECT_EQ(host.last_order<core::SnoozeRequested>().until, host.clock.boot() + std::chrono::hours(1));
    host.finish(core::RequestResult{.message = "Good night."});
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(json::parse(replies[0].body).at("message"), "Good night.");
    ask("DELETE", "/api/v1/snooze");
    EXPECT_TRUE(std::holds_alternative<core::ResumeRequested>(host.orders.back()));
}

TEST_F(ApiTest, RefusesABodyThatIsNoContent) {
    EXPECT_EQ(ask("POST", "/api/v1/snooze", "{").status, 400U);
    EXPECT_EQ(ask("POST", "/api/v1/snooze", "[]").status, 400U);
    EXPECT_EQ(ask("POST", "/api/v1/snooze", R"({"minutes": 60})", "text/plain").status, 415U);
    EXPECT_EQ(ask("POST", "/api/v1/snooze", R"({"minutes": 60})", "").status, 415U);
    EXPECT_EQ(ask("POST", "/api/v1/snooze?minutes=60").status, 400U);
    EXPECT_TRUE(host.orders.empty());
    ask("POST", "/api/v1/snooze", R"({"minutes": 60})", "Application/JSON; charset=utf-8");
    EXPECT_EQ(host.orders.size(), 1U);
}

TEST_F(ApiTest, GivesEachErrorItsStatus) {
    std::set<unsigned> known;
    for (int code = 0; code <= static_cast<int>(ErrorCode::internal); ++code)
        known.insert(status_of(static_cast<ErrorCode>(code)));
    EXPECT_EQ(known, (std::set<unsigned>{400, 401, 403, 404, 409, 413, 429, 500, 502, 503}));

    ask("POST", "/api/v1/registrations", R"({"service_type":"EC2","instance_id":"i-00000001","region":"us-east-1"})");
    host.finish(Error{.code = ErrorCode::guarded, .message = "Never.", .next_step = "Leave it."});
    ASSERT_EQ(replies.size(), 1U);
    EXPECT_EQ(replies[0].status, 409U);
    EXPECT_EQ(replies[0].body, R"({"error":"GUARDED","message":"Never. Leave it."})");
}

TEST_F(ApiTest, ListsNoOtherRegionsInPlaceOfOneThatItDoesNotHave) {
    for (const std::string_view path : {"/resources", "/resources/ec2", "/resources/eks", "/registrations"}) {
        const auto reply = ask("GET", fmt::format("/api/v1{}?region=eu-north-9", path));
        EXPECT_EQ(reply.status, 404U) << path;
        EXPECT_THAT(reply.body, HasSubstr(R"("NOT_FOUND")")) << path;
        EXPECT_EQ(ask("GET", fmt::format("/api/v1{}?region=nowhere", path)).status, 400U) << path;
    }
    EXPECT_TRUE(host.orders.empty());
}

TEST_F(ApiTest, SaysWhatIsNotThereAndWhatIsNotAllowed) {
    EXPECT_EQ(ask("GET", "/api/v1/nothing").status, 404U);
    EXPECT_EQ(ask("GET", "/status").status, 404U);
    EXPECT_EQ(ask("POST", "/api/v1/commands/NOPE").status, 404U);
    for (const std::string_view type : {"HOLD", "EVENTS", "MORE", "RELEASE"})
        EXPECT_EQ(ask("POST", "/api/v1/commands/" + std::string(type), "{}").status, 404U) << type;
    const auto reply = ask("PUT", "/api/v1/snooze", "{}");
    EXPECT_EQ(reply.status, 405U);
    ASSERT_EQ(reply.headers.size(), 1U);
    EXPECT_EQ(reply.headers[0], (std::pair<std::string, std::string>("Allow", "POST, DELETE, OPTIONS")));
    EXPECT_EQ(ask("GET", "/api/v1/commands/PING").status, 405U);
    EXPECT_EQ(ask("POST", "/metrics").status, 405U);
}

TEST_F(ApiTest, PostsAnyCommandAndTakesASignOfLifeWithoutAReply) {
    EXPECT_EQ(ask("POST", "/api/v1/commands/ping").body, R"({"message":"PONG"})");
    EXPECT_EQ(ask("POST", "/api/v1/commands/USER_ACTIVITY", "{}").status, 202U);
    EXPECT_EQ(host.posted.size(), 1U);
}

TEST_F(ApiTest, SubscribesOneWhoAsksForEvents) {
    const auto reply = ask("GET", "/api/v1/events");
    EXPECT_TRUE(reply.stays_open);
    EXPECT_EQ(reply.content_type, "text/event-stream");
    ASSERT_EQ(host.subscribed.size(), 1U);
    EXPECT_EQ(host.subscribed[0].lock(), listener);
}

TEST_F(ApiTest, DocumentsEveryCommandThatIsOffered) {
    const auto document = get("/api/v1/openapi.json");
    EXPECT_EQ(document.at("servers").at(0).at("url"), "http://127.0.0.1:1/api/v1");
    const auto& paths = document.at("paths").as_object();
    std::set<std::string> ids;
    for (const auto& [path, item] : paths)
        for (const auto& [method, operation] : item.as_object())
            EXPECT_TRUE(ids.insert(protocol::text(operation.at("operationId"))).second) << path;
    for (const auto& command : commands::commands())
        EXPECT_EQ(paths.contains("/commands/" + std::string(command.type)), is_offered(command)) << command.type;
    const auto& snooze = paths.at("/snooze").at("post").at("requestBody");
    EXPECT_EQ(snooze.at("required"), true);
    const auto& power = paths.at("/commands/AWS_SERVICE_STATUS").at("post").at("requestBody").at("content");
    const auto kinds = core::kinds();
    EXPECT_EQ(power.at("application/json").at("schema").at("oneOf").as_array().size(),
              kinds.size() + std::ranges::count_if(kinds, &core::KindInfo::sized))
        << "one more where it scales";
}

TEST_F(ApiTest, TellsTheMetricsWithEscapedNames) {
    auto& presence = host.change().presence;
    presence.on_source({.name = "x\"1\\\n", .kind = core::ActivityKind::keyboard, .state = core::SourceState::running},
                       host.clock.boot());
    host.counts.calls[core::Kind::ecs] = {.sleeps = 3, .wakes = 2, .failures = 1};
    const auto reply = ask("GET", "/metrics");
    EXPECT_EQ(reply.content_type, "text/plain; version=0.0.4; charset=utf-8");
    EXPECT_THAT(reply.body, HasSubstr("doze_source_running{source=\"x\\\"1\\\\\\n\",kind=\"keyboard\"} 1\n"));
    EXPECT_THAT(reply.body, HasSubstr("doze_presence{state=\"active\"} 1\n"));
    EXPECT_THAT(reply.body, HasSubstr("doze_sleeps_total{kind=\"ecs\"} 3\n"));
    EXPECT_THAT(reply.body, HasSubstr("doze_uptime_seconds 90\n"));
    EXPECT_THAT(reply.body, HasSubstr("doze_build_info{version=\"1.2.3\"} 1\n"));
}

TEST_F(ApiTest, TellsTheMetricsOfWhatKeepsThingsAwake) {
    using std::chrono::minutes;
    auto& state = host.change();
    const auto line = [&](std::string_view text) { EXPECT_THAT(ask("GET", "/metrics").body, HasSubstr(text)); };
    line("doze_dry_run 0\n");
    line("doze_holds{kind=\"snooze\"} 0\n");
    line("doze_holds{kind=\"client\"} 0\n");
    line("doze_holds{kind=\"warning\"} 0\n");
    state.settings.dry_run = true;
    state.holds.configure(minutes(1));
    state.holds.snooze(host.clock.boot() + minutes(5), host.now());
    line("doze_dry_run 1\n");
    line("doze_holds{kind=\"snooze\"} 1\n");
    state.holds.hold(1, "a build", host.clock.boot());
    state.holds.hold(2, "a talk", host.clock.boot());
    line("doze_holds{kind=\"client\"} 2\n");
    for (const auto id : {1U, 2U}) state.holds.release(id, host.clock.boot());
    state.holds.resume(host.clock.boot());
    line("doze_holds{kind=\"snooze\"} 0\n");
    line("doze_holds{kind=\"warning\"} 1\n");
    line("doze_holds{kind=\"inhibitor\"} 0\n");
}

TEST_F(ApiTest, TellsTheMetricsOfResourcesAndLists) {
    const Region region("us-east-1");
    auto& state = host.change();
    const auto track = [&](const char* name, core::Phase phase) -> core::ResourceRecord& {
        const auto id = core::ec2(region, InstanceId(name));
        state.tracked.emplace(id, core::ResourceRecord{.id = id,
                                                       .registration = core::Registration{.id = id},
                                                       .seen = core::Observation{.id = id, .phase = phase}});
        return state.tracked.at(id);
    };
    track("i-00000001", core::Phase::awake);
    track("i-00000002", core::Phase::awake).trouble = Error{.message = "No."};
    auto& asleep = track("i-00000003", core::Phase::asleep);
    asleep.entry = core::JournalEntry{.id = asleep.id, .sleep_state = core::SleepState::asleep};
    track("i-00000004", core::Phase::waking).registration.reset();
    host.counts.listeners = 3;
    state.inventory.fail(core::Kind::rds, region, {.message = "Refused."});
    host.clock.advance(std::chrono::seconds(7));
    const auto body = ask("GET", "/metrics").body;
    for (const auto* line :
         {"doze_registered_resources{kind=\"ec2\",phase=\"awake\"} 2\n",
          "doze_registered_resources{kind=\"ec2\",phase=\"asleep\"} 1\n",
          "doze_registered_resources{kind=\"ec2\",phase=\"waking\"} 0\n", "doze_asleep_resources{kind=\"ec2\"} 1\n",
          "doze_asleep_resources{kind=\"ecs\"} 0\n", "doze_trouble_resources{kind=\"ec2\"} 1\n",
          "doze_event_connections 3\n", "doze_inventory_age_seconds{kind=\"rds\",region=\"us-east-1\"} 7\n",
          "doze_inventory_failed{kind=\"rds\",region=\"us-east-1\"} 1\n",
          "doze_inventory_failed{kind=\"ecs\",region=\"us-east-1\"} 0\n", "doze_wakes_total{kind=\"ecs\"} 0\n"})
        EXPECT_THAT(body, HasSubstr(line));
}

TEST(SchemaTest, OfAParameterSaysItsBounds) {
    using commands::ParamType;
    commands::Command command{.request = commands::PingRequest{}};
    command.params = {
        {.name = "text", .type = ParamType::line, .required = true, .least = 1, .most = 9, .pattern = "^a$"},
        {.name = "any", .type = ParamType::text},
        {.name = "number", .type = ParamType::integer, .least = 2, .most = 8},
        {.name = "moment", .type = ParamType::seconds},
        {.name = "choice", .type = ParamType::choice, .choices = "ONE|TWO"},
        {.name = "flag", .type = ParamType::flag, .tolerant = true}};
    EXPECT_EQ(json::value(content_schema(command)), json::parse(R"({"type": "object", "properties": {
        "text": {"minLength": 1, "pattern": "^a$", "maxLength": 9, "type": "string", "description": ""},
        "any": {"type": ["string", "null"], "description": ""},
        "number": {"minimum": 2, "maximum": 8, "type": ["integer", "null"], "description": ""},
        "moment": {"minimum": 0, "type": ["number", "null"], "description": ""},
        "choice": {"enum": ["ONE", "TWO", null], "description": ""},
        "flag": {"description": ""}}, "required": ["text"]})"));
}

}  // namespace
}  // namespace doze::rest::api_test
