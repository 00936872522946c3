#include <algorithm>
#include <gmock/gmock.h>
#include <map>
#include <random>
#include <sstream>

#include "config/services.hpp"
#include "config/yaml_text.hpp"
#include "scratch.hpp"

namespace doze::config::services_edit_test {
namespace {

using testing::HasSubstr;

const core::Registration added = instance("i-0abcdef0", "us-east-1", "new");
const std::string added_lines = "- instance_id: i-0abcdef0\n  region: us-east-1\n  description: new\n";
const std::string added_indented = "  - instance_id: i-0abcdef0\n    region: us-east-1\n    description: new\n";
const std::string added_flow = "{instance_id: i-0abcdef0, region: us-east-1, description: new}";

std::string with(std::string_view text, const core::Registration& registration = added) {
    auto edited = with_registration(text, registration, "services.yaml");
    return edited ? *edited : edited.error().text();
}

std::string without(std::string_view text, const core::Registration& registration = added) {
    auto edited = without_registration(text, registration.id, "services.yaml");
    return edited ? *edited : edited.error().text();
}

struct Case {
    std::string before;
    std::string after;
};

void PrintTo(const Case& example, std::ostream* out) {
    *out << example.before;
}

class AddingTo : public testing::TestWithParam<Case> {};

TEST_P(AddingTo, ChangesNothingElse) {
    EXPECT_EQ(with(GetParam().before), GetParam().after);
}

const std::string old_item = "- instance_id: i-11111111\n  region: us-east-1\n";

INSTANTIATE_TEST_SUITE_P(
    Lists, AddingTo,
    testing::Values(
        Case{"", "ec2_instances:\n" + added_indented}, Case{"# mine\n", "# mine\nec2_instances:\n" + added_indented},
        Case{"---\n", "---\nec2_instances:\n" + added_indented},
        Case{"ec2_instances: []\n", "ec2_instances:\n" + added_indented},
        Case{"ec2_instances:   [ ]   # none yet\nx: 1\n", "ec2_instances:   # none yet\n" + added_indented + "x: 1\n"},
        Case{"ec2_instances:\n# later\n", "ec2_instances:\n" + added_indented + "# later\n"},
        Case{"ec2_instances: null\n", "ec2_instances:\n" + added_indented},
        Case{"\"ec2_instances\" : ~", "\"ec2_instances\" :\n" + added_indented},
        Case{"ec2_instances:\n" + old_item, "ec2_instances:\n" + old_item + added_lines},
        // No line feed at the end.
        Case{"ec2_instances:\n" + old_item.substr(0, old_item.size() - 1), "ec2_instances:\n" + old_item + added_lines},
        // What stands behind the last item stays behind it; a comment inside it stays inside.
        Case{"ec2_instances:\n" + old_item + "  # deep\n\n# next\necs_services: []\n",
             "ec2_instances:\n" + old_item + "  # deep\n" + added_lines + "\n# next\necs_services: []\n"},
        // The file's own indentation.
        Case{"ec2_instances:\n    -   instance_id: i-11111111\n        region: us-east-1\n# end\n",
             "ec2_instances:\n    -   instance_id: i-11111111\n        region: us-east-1\n"
             "    - instance_id: i-0abcdef0\n      region: us-east-1\n      description: new\n# end\n"},
        Case{
            "ecs_services:\n- cluster_name: a\n  service_name: b\n  region: us-east-1\nec2_instances: []\n",
            "ecs_services:\n- cluster_name: a\n  service_name: b\n  region: us-east-1\nec2_instances:\n" + added_lines},
        Case{"ec2_instances:\n-\n  instance_id: i-11111111\n  region: us-east-1\n...\n",
             "ec2_instances:\n-\n  instance_id: i-11111111\n  region: us-east-1\n" + added_lines + "...\n"},
        Case{"ecs_services: []\n...\n", "ecs_services: []\nec2_instances:\n" + added_indented + "...\n"},
        // Texts over several lines, also with something like a comment or a dash in them.
        Case{"ec2_instances:\n- instance_id: i-11111111\n  region: us-east-1\n  description: |\n    # no comment\n    "
             "- no item\n\n\necs_services: []\n",
             "ec2_instances:\n- instance_id: i-11111111\n  region: us-east-1\n  description: |\n    # no comment\n    "
             "- no item\n" +
                 added_lines + "\n\necs_services: []\n"}));

INSTANTIATE_TEST_SUITE_P(
    FlowLists, AddingTo,
    testing::Values(Case{"ec2_instances: [{instance_id: i-11111111, region: us-east-1}]  # all\n",
                         "ec2_instances: [{instance_id: i-11111111, region: us-east-1}, " + added_flow + "]  # all\n"},
                    Case{"ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1},  # one, ] two\n]\n",
                         "ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1}, " + added_flow +
                             "  # one, ] two\n]\n"},
                    Case{"ec2_instances: [\n# none\n]\n", "ec2_instances: [" + added_flow + "\n# none\n]\n"},
                    Case{"{\"ec2_instances\": [], \"ecs_services\": []}",
                         "{\"ec2_instances\": [" + added_flow + "], \"ecs_services\": []}"},
                    Case{"{}\n", "{ec2_instances: [" + added_flow + "]}\n"},
                    Case{"ec2_instances: [{instance_id: i-11111111, region: us-east-1, description: \"]}\\\" '\"}]\n",
                         "ec2_instances: [{instance_id: i-11111111, region: us-east-1, description: \"]}\\\" '\"}, " +
                             added_flow + "]\n"},
                    Case{"ec2_instances: [{instance_id: i-11111111, region: us-east-1, description: it's}]\n",
                         "ec2_instances: [{instance_id: i-11111111, region: us-east-1, description: it's}, " +
                             added_flow + "]\n"}));

class RemovingFrom : public testing::TestWithParam<Case> {};

TEST_P(RemovingFrom, ChangesNothingElse) {
    EXPECT_EQ(without(GetParam().before), GetParam().after);
}

INSTANTIATE_TEST_SUITE_P(
    Lists, RemovingFrom,
    testing::Values(
        Case{"ec2_instances:\n" + added_lines + old_item, "ec2_instances:\n" + old_item},
        Case{"ec2_instances:\n" + old_item + added_lines, "ec2_instances:\n" + old_item},
        Case{"ec2_instances:  # mine\n" + added_lines + "# end\n", "ec2_instances: []  # mine\n# end\n"},
        Case{"ec2_instances:\n" + added_indented, "ec2_instances: []\n"},
        Case{"ec2_instances:\n" + added_lines.substr(0, added_lines.size() - 1), "ec2_instances: []\n"},
        // Comments and blank lines around an item stay, and comments with a line of their own inside it.
        Case{"ec2_instances:\n# one\n- instance_id: i-0abcdef0  # goes\n  # two\n  region: us-east-1\n\n# three\n" +
                 old_item,
             "ec2_instances:\n# one\n  # two\n\n# three\n" + old_item},
        // All mentions go, or the resource would still be registered.
        Case{"ec2_instances:\n" + added_lines + old_item + added_lines, "ec2_instances:\n" + old_item},
        Case{"ec2_instances:\n- &a {instance_id: i-0abcdef0, region: us-east-1}\n- *a\n" + old_item,
             "ec2_instances:\n" + old_item},
        Case{"ec2_instances:\n- instance_id: i-0abcdef0\n  region: us-east-1\n  description: \"a\\\n    b\"\n" +
                 old_item,
             "ec2_instances:\n" + old_item}));

INSTANTIATE_TEST_SUITE_P(
    FlowLists, RemovingFrom,
    testing::Values(
        Case{"ec2_instances: [" + added_flow + "]  # x\n", "ec2_instances: []  # x\n"},
        Case{"ec2_instances: [" + added_flow + ", {instance_id: i-11111111, region: us-east-1}]\n",
             "ec2_instances: [{instance_id: i-11111111, region: us-east-1}]\n"},
        Case{"ec2_instances: [{instance_id: i-11111111, region: us-east-1}, " + added_flow + "]\n",
             "ec2_instances: [{instance_id: i-11111111, region: us-east-1}]\n"},
        Case{"ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1},\n  " + added_flow + ",\n]\n",
             "ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1},\n]\n"},
        Case{"ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1},  # a\n  " + added_flow + "  # b\n]\n",
             "ec2_instances: [\n  {instance_id: i-11111111, region: us-east-1}  # a\n    # b\n]\n"},
        Case{"{ec2_instances: [" + added_flow + "]}", "{ec2_instances: []}"}));

TEST(ServicesEdit, KeepsWindowsLinesAndTheByteOrderMark) {
    const std::string before =
        "\xEF\xBB\xBF# mine\r\nec2_instances:\r\n- instance_id: i-11111111\r\n  region: us-east-1\r\n# end\r\n";
    const auto after = with(before);
    EXPECT_EQ(after,
              "\xEF\xBB\xBF# mine\r\nec2_instances:\r\n- instance_id: i-11111111\r\n  region: us-east-1\r\n"
              "- instance_id: i-0abcdef0\r\n  region: us-east-1\r\n  description: new\r\n# end\r\n");
    EXPECT_EQ(without(after), before);
}

TEST(ServicesEdit, WritesEveryKind) {
    const auto text = with(with(default_services_text(), service("web", "api")), nodegroup("k8s", "workers", 2));
    EXPECT_THAT(text,
                HasSubstr("\necs_services:\n  - cluster_name: web\n    service_name: api\n    region: us-east-1\n"
                          "    description: ''\n\neks_nodegroups:\n  - cluster_name: k8s\n    nodegroup_name: workers\n"
                          "    region: us-west-2\n    desired_size: 2\n    description: ''\n"));
    EXPECT_EQ(without(without(text, service("web", "api")), nodegroup("k8s", "workers", 2)), default_services_text());
}

TEST(ServicesEdit, WritesForceAndForgetsASizeThatTheKindHasNot) {
    auto forced = added;
    forced.force = true;
    forced.desired_size = 3;
    const auto loaded = parse_services(with("", forced), "services.yaml");
    ASSERT_TRUE(loaded);
    EXPECT_TRUE(loaded->value.at(0).force);
    EXPECT_EQ(loaded->value.at(0).desired_size, std::nullopt);
}

TEST(ServicesEdit, EditsTheFilesOfTheOriginalAndBack) {
    for (const auto* file :
         {"original_services.yaml", "original_services_unsorted.yaml", "original_services_empty.yaml"}) {
        const auto before = test_data(file);
        const auto other = instance("i-0abcdef0", "eu-west-1");
        EXPECT_EQ(without(with(before, other), other), before) << file;
    }
}

TEST(ServicesEdit, RefusesWhatIsThereOrNotThere) {
    EXPECT_EQ(with_registration("ec2_instances:\n" + added_lines, added, "f").error().code,
              ErrorCode::already_registered);
    EXPECT_EQ(without_registration("ec2_instances: []\n", added.id, "f").error().code, ErrorCode::not_registered);
    EXPECT_EQ(without_registration("", added.id, "f").error().code, ErrorCode::not_registered);
}

TEST(ServicesEdit, RefusesABrokenFileWithItsLine) {
    EXPECT_EQ(with_registration("ec2_instances: [\n", added, "f").error().code, ErrorCode::bad_request);
    EXPECT_THAT(with("x: 1\nec2_instances: 5\n"), HasSubstr("services.yaml:2: ec2_instances must be a list"));
}

TEST(ServicesEdit, RefusesALayoutThatItCanNotEdit) {
    for (const auto* text :
         {"? ec2_instances\n: - {instance_id: i-11111111, region: us-east-1}\n", "a: &a []\nec2_instances: *a\n",
          "a: &a\n- {instance_id: i-11111111, region: us-east-1}\nec2_instances: *a\n",
          // The blank lines are part of the description; only reading the result again tells.
          "ec2_instances:\n- instance_id: i-11111111\n  region: us-east-1\n  description: |+\n    x\n\n\n"}) {
        ASSERT_TRUE(parse_services(text, "f")) << text;
        const auto edited = with_registration(text, added, "f");
        ASSERT_FALSE(edited) << *edited;
        EXPECT_EQ(edited.error().text(),
                  "f is laid out in a way that doze can't edit safely; it is as it was. "
                  "Edit it by hand; doze picks the edit up.");
    }
}

TEST(ServicesEdit, RoundTripsEveryDescription) {
    for (const std::string text :
         {"",           " ",        "plain",        "two words",    "true",      "No",         "null",     "~",
          "123",        "-1",       "1e3",          "0x1f",         "- a",       "a: b",       "a #b",     "#",
          "'",          "\"",       "\\",           "it's",         "a, b",      "[a]",        "{a}",      "*a",
          "&a",         "!a",       "%a",           "@a",           "`a",        "|",          ">",        "? a",
          ":",          "a:",       " lead",        "trail ",       "tab\there", "line\nfeed", "crlf\r\n", "개발 서버",
          "😀",          "\xC2\x85", "\xE2\x80\xA8", "\xEF\xBB\xBF", "---",       "...",        "<<",       "=",
          "2024-01-01", "12:30:45"}) {
        for (const auto* file : {"ec2_instances: []\n", "{}\n"}) {
            const auto edited = with_registration(file, instance("i-0abcdef0", "us-east-1", text), "f");
            ASSERT_TRUE(edited) << text << edited.error().text();
            EXPECT_EQ(parse_services(*edited, "f")->value.at(0).description, text);
        }
    }
    EXPECT_EQ(with_registration("", instance("i-0abcdef0", "us-east-1", "\xff"), "f").error().code,
              ErrorCode::bad_request);
}

TEST(ServicesEdit, QuotesNamesThatYamlTakesForSomethingElse) {
    EXPECT_EQ(yaml_scalar("null"), "'null'");
    EXPECT_EQ(yaml_scalar("0123"), "'0123'");
    EXPECT_EQ(yaml_scalar("web"), "web");
    for (const auto* name : {"null", "true", "123", "1e5", "no", "0x1f"}) {
        const auto edited = with("", service(name, name));
        EXPECT_EQ(parse_services(edited, "f")->value.at(0).id, service(name, name).id) << edited;
    }
}

TEST(ServicesEdit, ScansNoBracketThatIsNotClosed) {
    EXPECT_FALSE(scan_flow("[a, 'b", 0));
    EXPECT_FALSE(scan_flow("[a, [b]", 0));
    EXPECT_FALSE(scan_flow("a", 0));
    EXPECT_FALSE(scan_flow("", 0));
}

std::vector<std::string> comment_lines(const std::string& text) {
    std::vector<std::string> found;
    std::istringstream in(text);
    for (std::string line; std::getline(in, line);)
        if (const auto first = line.find_first_not_of(" \t"); first != std::string::npos && line[first] == '#')
            found.push_back(line);
    return found;
}

core::Registration random_registration(std::mt19937& random) {
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    const auto number = std::to_string(pick(8));
    constexpr std::array<const char*, 6> words{"", "build server", "it's: #1", "한국어", "- dash", "two\nlines"};
    core::Registration made;
    switch (pick(3)) {
        case 0: made = instance("i-0000000" + number); break;
        case 1: made = service("c" + number, "web"); break;
        default: made = nodegroup("k" + number, "nodes", pick(5)); break;
    }
    made.description = words.at(static_cast<std::size_t>(pick(6)));
    made.force = pick(5) == 0;
    return made;
}

using Model = std::map<core::ResourceId, core::Registration>;

Model model_of(const std::string& text) {
    Model model;
    const auto loaded = parse_services(text, "services.yaml");
    EXPECT_TRUE(loaded) << loaded.error().text();
    if (loaded)
        for (const auto& item : loaded->value) model.emplace(item.id, item);
    return model;
}

class RandomEdits : public testing::TestWithParam<std::tuple<unsigned, std::string>> {};

TEST_P(RandomEdits, KeepTheFileEqualToAModelAndAllItsComments) {
    std::mt19937 random(std::get<0>(GetParam()));
    std::string text = std::get<1>(GetParam());
    const auto comments = comment_lines(text);
    Model model = model_of(text);
    for (int i = 0; i < 60; ++i) {
        const auto registration = random_registration(random);
        const bool known = model.contains(registration.id);
        const auto edited =
            known ? without_registration(text, registration.id, "f") : with_registration(text, registration, "f");
        ASSERT_TRUE(edited) << edited.error().text() << "\n" << to_string(registration.id) << " in\n" << text;
        if (known)
            model.erase(registration.id);
        else
            model.emplace(registration.id, registration);
        text = *edited;
        ASSERT_EQ(model_of(text), model) << text;
        ASSERT_EQ(comment_lines(text), comments) << text;
    }
}

constexpr const char* commented_file = R"(# head

ec2_instances:   # instances
  # first
  - instance_id: i-00000001   # the build server
    # inside
    region: us-east-1
    description: "quoted \u00e9"

  # second
  - {instance_id: i-00000002, region: us-east-1}
  - instance_id: i-00000003
    region: us-east-1
    description: |
      text
      more text
      # deeper
  # after the last

# before ecs
ecs_services: []   # none
# before eks
eks_nodegroups:
- cluster_name: k1
  nodegroup_name: nodes
  region: us-west-2
  # tail inside
# tail
other: {x: 1}
# end)";

constexpr const char* flow_file = R"(# head
ec2_instances: [
  {instance_id: i-00000001, region: us-east-1},
  # between
  {instance_id: i-00000002, region: us-east-1, description: 'a, ]'},
]
ecs_services: [{cluster_name: c1, service_name: web, region: us-east-1}]
# tail
)";

INSTANTIATE_TEST_SUITE_P(Seeds, RandomEdits,
                         testing::Combine(testing::Range(1U, 5U),
                                          testing::Values(commented_file, flow_file, default_services_text(), "{}\n",
                                                          "", test_data("original_services_empty.yaml"))));

}  // namespace
}  // namespace doze::config::services_edit_test
