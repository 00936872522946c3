// What one more row in the table of kinds brings with it.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <fstream>
#include <gmock/gmock.h>
#include <iterator>
#include <vector>

#include "app/offline/doctor/aws_checks.hpp"
#include "base/ids.hpp"
#include "cli/command_line.hpp"
#include "cli/completion.hpp"
#include "cli/target.hpp"
#include "cli/views.hpp"
#include "commands/lookup.hpp"
#include "commands/params.hpp"
#include "commands/table.hpp"
#include "config/fields.hpp"
#include "config/services.hpp"
#include "core/model/kinds.hpp"
#include "protocol/changed_items.hpp"
#include "protocol/decoder.hpp"
#include "protocol/event_encoder.hpp"
#include "protocol/rest/api.hpp"
#include "unit/core/reconcile/one_resource.hpp"
#include "unit/protocol/desk.hpp"

namespace doze::core {

/// The kinds of doze, and a made-up one: a data lake, which sleeps and has a size. All of this program has this table.
std::span<const KindInfo> kinds() {
    static const auto table = [] {
        std::vector<KindInfo> all(built_in_kinds().begin(), built_in_kinds().end());
        auto one = all[static_cast<std::size_t>(Kind::asg)];
        one.kind = static_cast<Kind>(kind_count);
        one.word = "lake";
        one.command = "LAKE";
        one.noun = "data lake";
        one.shown = "The data lakes";
        one.one = "a lake";
        one.in_full = "a data lake";
        one.registry = "data_lakes";
        one.inventory = "data_lakes";
        one.array = "lakes";
        one.name_key = "lake_name";
        one.name_part = "lake";
        one.name_heading = "LAKE";
        one.list_letter = 'z';
        one.loaded = false;
        one.members = "streams";
        one.described_at_once = 7;
        one.sleep_outcome = "drained";
        one.state_after_sleep = "draining";
        one.example = "lake_name: tahoe\nregion: us-west-2\n";
        all.push_back(one);
        return all;
    }();
    return table;
}

}  // namespace doze::core

namespace doze::seventh_kind_test {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr auto lake = static_cast<core::Kind>(core::kind_count);
const core::KindInfo& kind_before = core::built_in_kinds().back();

const core::ResourceId tahoe{.region = Region("us-east-1"), .kind = lake, .name = "tahoe"};

core::Observation seen(core::Phase phase = core::Phase::awake, std::string state = "full") {
    return {.id = tahoe,
            .phase = phase,
            .size = {.desired = 3, .min = 1, .max = 4},
            .state = std::move(state),
            .details = {{"depth", 501}, {"instances", 2}, {"desired_size", 3}, {"min_size", 1}, {"max_size", 4}}};
}

const commands::Command& command(commands::Form form, std::string_view word) {
    const auto* found = commands::find_command(form, word);
    EXPECT_NE(found, nullptr) << word;
    return found ? *found : commands::commands().front();
}

TEST(SeventhKind, HasItsCommands) {
    EXPECT_EQ(command(commands::Form::text, "LIST_LAKE").type, "AWS_LAKE_LIST");
    EXPECT_EQ(command(commands::Form::text, "START_LAKE").parts, "lake:region");
    EXPECT_EQ(command(commands::Form::text, "STOP_LAKE").summary, "Empties a lake");
    EXPECT_EQ(command(commands::Form::text, "SCALE_LAKE").parts, "lake:region:count");
    EXPECT_EQ(command(commands::Form::text, "REGISTER_LAKE").summary, "Lets doze put a lake to sleep");
    EXPECT_EQ(command(commands::Form::text, "UNREGISTER_LAKE").parts, "lake:region");
    const auto& action = command(commands::Form::json, "AWS_SERVICE_STATUS").params.front();
    EXPECT_THAT(std::string(action.what), EndsWith(" and LAKE only"));
    EXPECT_THAT(core::commands_with(&core::KindInfo::loaded), EndsWith(" and LAKE"));
}

TEST(SeventhKind, IsTakenByTheCommandsOfAnyKind) {
    const auto content =
        json::parse(R"({"service_type":"lake","lake_name":"tahoe","region":"us-west-2","desired_size":3})").as_object();
    const auto request =
        to_request(command(commands::Form::json, "REGISTER_SERVICE"), protocol::JsonArguments(content));
    ASSERT_TRUE(request) << request.error().text();
    const auto& registration = std::get<commands::RegisterRequest>(*request).registration;
    EXPECT_EQ(registration.id.kind, lake);
    EXPECT_EQ(registration.id.name, "tahoe");
    EXPECT_EQ(registration.desired_size, 3);
    const auto loaded =
        json::parse(R"({"service_type":"LAKE","lake_name":"tahoe","region":"us-west-2","busy_cpu_percent":5})")
            .as_object();
    EXPECT_EQ(
        to_request(command(commands::Form::json, "REGISTER_SERVICE"), protocol::JsonArguments(loaded)).error().message,
        "The member 'busy_cpu_percent' is not for a data lake.");
    const auto other = json::parse(R"({"service_type":"S3"})").as_object();
    EXPECT_THAT(
        to_request(command(commands::Form::json, "REGISTER_SERVICE"), protocol::JsonArguments(other)).error().message,
        HasSubstr(fmt::format("{}, LAKE", kind_before.command)));
    const auto refresh = json::parse(R"({"service":"lake"})").as_object();
    const auto list = to_request(command(commands::Form::json, "refresh_service"), protocol::JsonArguments(refresh));
    ASSERT_TRUE(list);
    EXPECT_EQ(std::get<commands::ListRequest>(*list).scope.kind, lake);
}

TEST(SeventhKind, IsInRestAndItsDocument) {
    commands::FakeHost host;
    rest::Api api(host, {.version = "1", .started = host.clock.boot()});
    std::string document;
    for (const auto& route : api.routes())
        if (route.path == "/api/v1/openapi.json")
            route.handler({.method = "GET", .server = "http://127.0.0.1:1", .path = {}},
                          [&](rest::WebReply reply) { document = std::move(reply.body); }, {});
    const auto parsed = json::parse(document);
    const auto& paths = parsed.at("paths").as_object();
    ASSERT_TRUE(paths.contains("/resources/lake"));
    EXPECT_EQ(paths.at("/resources/lake").at("get").at("summary"), "The data lakes");
    EXPECT_TRUE(paths.contains("/commands/AWS_LAKE_LIST"));
    const auto& schemas = parsed.at("components").at("schemas").as_object();
    EXPECT_TRUE(schemas.contains("LakeList"));
    EXPECT_TRUE(schemas.at("Resources").at("properties").as_object().contains("data_lakes"));
    EXPECT_TRUE(schemas.at("Registrations").at("properties").as_object().contains("data_lakes"));
    EXPECT_THAT(document, HasSubstr(R"("lake_name")"));
}

TEST(SeventhKind, IsInServicesYamlAndItsPage) {
    EXPECT_THAT(config::default_services_text(),
                HasSubstr("# data_lakes:\n#   - lake_name: tahoe\n#     region: us-west-2\n"));
    EXPECT_THAT(config::default_services_text(), HasSubstr("\ndata_lakes: []\n"));
    EXPECT_THAT(config::reference_page(),
                HasSubstr("| `data_lakes` | `lake_name`, `region`, `desired_size`, `description` |\n"));
    const auto read = config::parse_services("data_lakes:\n- lake_name: tahoe\n  region: us-west-2\n", "x");
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_EQ(read->value.size(), 1U);
    EXPECT_EQ(read->value[0].id.kind, lake);
}

TEST(SeventhKind, IsOnTheCommandLineAndInItsHelp) {
    const auto grammar = cli::grammar();
    EXPECT_THAT(grammar.chapters.at(0).text, HasSubstr("  lake:LAKE                        a data lake\n"));
    const auto list = std::ranges::find(grammar.program.commands, "list", &cli::CommandHelp::name);
    ASSERT_NE(list, grammar.program.commands.end());
    EXPECT_THAT(list->positionals.at(0).choices, Contains("lake")) << "what the completions offer";
    for (const auto& script : {bash_completion(grammar), zsh_completion(grammar), fish_completion(grammar)})
        EXPECT_THAT(script, HasSubstr(fmt::format("{} lake", kind_before.word)));
    EXPECT_EQ(cli::parse_target("lake:us-east-1:tahoe", "").value().id, tahoe);
    EXPECT_EQ(cli::parse_sized_target("lake:tahoe", "us-east-1").value().id, tahoe);
    EXPECT_THAT(cli::parse_target("pond:tahoe", "").error().next_step,
                HasSubstr(fmt::format("{}, lake.", kind_before.word)));
}

/// A doze that has listed a lake.
struct Shore : protocol::Desk {
    Shore() { list(seen()); }
    void list(core::Observation lake_seen) {
        host.change().inventory.put(lake, tahoe.region, std::vector{core::Item{.seen = std::move(lake_seen)}},
                                    host.clock.now());
    }
};

TEST(SeventhKind, IsListedAndShown) {
    Shore shore;
    const auto list = shore.ask(R"({"type":"AWS_LAKE_LIST","content":{"region":"us-east-1"}})").at("content");
    EXPECT_EQ(cli::list_text(list.as_object(), "lake", false),
              "LAKE   STATE  DEPTH  STREAMS                  REGION     DOZE\n"
              "tahoe  full     501  2 of 3 running (1 to 4)  us-east-1  -\n"
              "Seen just now; --fresh asks AWS now.\n");
    const auto all = shore.ask(R"({"type":"LIST_ALL_SERVICES"})").at("content").as_object();
    EXPECT_THAT(cli::list_text(all, "all", false), HasSubstr("tahoe"));
    EXPECT_THAT(cli::resources_in(json::object{
                    {"data_lakes", json::array{json::object{{"region", "us-east-1"}, {"lake_name", "tahoe"}}}}}),
                ElementsAre(tahoe));
    EXPECT_EQ(core::parse_resource_id(core::to_string(tahoe)).value(), tahoe);
}

TEST(SeventhKind, IsInTheEvents) {
    Shore shore;
    protocol::ChangedItems changes;
    EXPECT_THAT(changes.compare(shore.host.view()), IsEmpty()) << "the first list is no change";
    shore.list(seen(core::Phase::asleep, "empty"));
    const auto events = changes.compare(shore.host.view());
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(commands::type_of(events[0]), "AWS_LAKE_UPDATE");
    EXPECT_THAT(commands::stream_event_types(), Contains("AWS_LAKE_UPDATE"));
    EXPECT_THAT(protocol::encode(events[0], shore.host.clock.now().wall),
                HasSubstr(R"("lakes":[{"name":"tahoe","state":"empty")"));
}

TEST(SeventhKind, IsPutToSleepAndWoken) {
    core::OneResource one;
    one.record.id = tahoe;
    one.record.registration = core::Registration{.id = tahoe};
    one.see(core::Phase::awake, one.whole);
    EXPECT_EQ(one.reconcile(), "call sleep; say away");
    core::OneResource back;
    back.away = false;
    back.record.id = tahoe;
    back.record.registration = core::Registration{.id = tahoe};
    back.see(core::Phase::asleep, {.desired = 0, .min = 0, .max = 0});
    auto& row = back.row(core::SleepState::asleep);
    row.snapshot = back.whole;
    row.left_size = core::Size{.desired = 0, .min = 0, .max = 0};
    EXPECT_THAT(back.reconcile(), HasSubstr("call wake 1/3/4"));
}

TEST(SeventhKind, IsToldByTheDoctor) {
    const auto finding = doctor::judge_resource({.registration = {.id = tahoe}, .seen = seen()});
    EXPECT_EQ(finding.finding, "full at 1/3/4; would be drained");
    const auto gone = doctor::judge_resource({.registration = {.id = tahoe}, .seen = seen(core::Phase::gone, "")});
    EXPECT_THAT(gone.finding, HasSubstr("no such data lake"));
}

/// What the documents ought to say of these kinds and do not. (docs/configuration.md is rendered from the table, and
/// the commands in docs/protocol.md are compared with theirs.)
std::vector<std::string> missing_in_documents(std::span<const core::KindInfo> kinds) {
    const auto read = [](std::string_view name) {
        std::ifstream file(std::string(DOZE_SOURCE_DIR "/").append(name));
        std::string text{std::istreambuf_iterator(file), {}};
        std::ranges::replace(text, '\n', ' ');
        return text;
    };
    const auto protocol = read("docs/protocol.md");
    const auto requests = read("docs/aws-requests.md");
    const auto readme = read("README.md");
    std::vector<std::string> missing;
    for (const auto& kind : kinds) {
        const auto want = [&](const std::string& document, const std::string& text) {
            if (document.find(text) == std::string::npos) missing.push_back(text);
        };
        want(protocol, fmt::format("`{}[]`, `age_seconds`", kind.array));
        want(protocol, fmt::format("`{}[]`,", kind.inventory));
        want(protocol, fmt::format("`{}[]`", kind.registry));
        want(protocol, fmt::format("`{}` ({})", kind.name_key, kind.command));
        want(protocol, fmt::format("| {} | `", kind.noun));
        want(requests, fmt::format("| {}s | {} ", kind.noun, kind.described_at_once));
        want(readme, std::string(kind.noun));
    }
    return missing;
}

TEST(EachKind, IsInTheDocuments) {
    EXPECT_THAT(missing_in_documents(core::built_in_kinds()), IsEmpty());
    EXPECT_EQ(missing_in_documents(core::kinds().last(1)).size(), 7U) << "a kind that nobody wrote of is noticed";
}

}  // namespace
}  // namespace doze::seventh_kind_test
