// What one more row in the table of kinds brings with it.
#include <algorithm>
#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <vector>

#include "base/ids.hpp"
#include "cli/command_line.hpp"
#include "commands/lookup.hpp"
#include "commands/params.hpp"
#include "commands/table.hpp"
#include "config/fields.hpp"
#include "config/services.hpp"
#include "core/model/kinds.hpp"
#include "protocol/decoder.hpp"
#include "protocol/rest/api.hpp"
#include "unit/commands/fake_host.hpp"

namespace doze::seventh_kind_test {
namespace {

namespace json = boost::json;
using testing::Contains;
using testing::HasSubstr;

constexpr auto lake = static_cast<core::Kind>(6);

/// The kinds of doze, and a made-up one: a data lake, which sleeps and has a size.
const std::vector<core::KindInfo>& seven() {
    static const auto kinds = [] {
        std::vector<core::KindInfo> all(core::kinds().begin(), core::kinds().end());
        auto one = core::info(core::Kind::asg);
        one.kind = lake;
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
        one.list_letter = 'z';
        one.loaded = false;
        one.example = "lake_name: tahoe\nregion: us-west-2\n";
        all.push_back(one);
        return all;
    }();
    return kinds;
}

const std::vector<commands::Command>& table() {
    static const auto commands = commands::make_commands(seven());
    return commands;
}

const commands::Command& command(commands::Form form, std::string_view word) {
    const auto* found = commands::find_command(form, word, table());
    EXPECT_NE(found, nullptr) << word;
    return found ? *found : table().front();
}

TEST(SeventhKind, HasItsCommands) {
    EXPECT_EQ(command(commands::Form::text, "LIST_LAKE").type, "AWS_LAKE_LIST");
    EXPECT_EQ(command(commands::Form::text, "START_LAKE").parts, "lake:region");
    EXPECT_EQ(command(commands::Form::text, "STOP_LAKE").summary, "Empties a lake");
    EXPECT_EQ(command(commands::Form::text, "SCALE_LAKE").parts, "lake:region:count");
    EXPECT_EQ(command(commands::Form::text, "REGISTER_LAKE").summary, "Lets doze put a lake to sleep");
    EXPECT_EQ(command(commands::Form::text, "UNREGISTER_LAKE").parts, "lake:region");
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
        HasSubstr("RDS_CLUSTER, LAKE"));
    const auto refresh = json::parse(R"({"service":"lake"})").as_object();
    const auto list = to_request(command(commands::Form::json, "refresh_service"), protocol::JsonArguments(refresh));
    ASSERT_TRUE(list);
    EXPECT_EQ(std::get<commands::ListRequest>(*list).scope.kind, lake);
}

TEST(SeventhKind, IsInRestAndItsDocument) {
    commands::FakeHost host;
    rest::Api api(host, {.version = "1", .started = host.clock.boot()}, table());
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
    EXPECT_THAT(config::services_template(seven()),
                HasSubstr("# data_lakes:\n#   - lake_name: tahoe\n#     region: us-west-2\n"));
    EXPECT_THAT(config::services_template(seven()), HasSubstr("\ndata_lakes: []\n"));
    EXPECT_THAT(config::reference_page(seven()),
                HasSubstr("| `data_lakes` | `lake_name`, `region`, `desired_size`, `description` |\n"));
    const auto read = config::parse_services_of(seven(), "data_lakes:\n- lake_name: tahoe\n  region: us-west-2\n", "x");
    ASSERT_TRUE(read) << read.error().text();
    ASSERT_EQ(read->value.size(), 1U);
    EXPECT_EQ(read->value[0].id.kind, lake);
}

TEST(SeventhKind, IsOnTheCommandLineAndInItsHelp) {
    const auto grammar = cli::grammar(seven());
    EXPECT_THAT(grammar.chapters.at(0).text, HasSubstr("  lake:LAKE                        a data lake\n"));
    const auto list = std::ranges::find(grammar.program.commands, "list", &cli::CommandHelp::name);
    ASSERT_NE(list, grammar.program.commands.end());
    EXPECT_THAT(list->positionals.at(0).choices, Contains("lake")) << "what the completions offer";
}

}  // namespace
}  // namespace doze::seventh_kind_test
