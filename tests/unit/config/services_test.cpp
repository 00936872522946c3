#include "config/services.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "scratch.hpp"

namespace doze::config::services_test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Registrations good(std::string_view text) {
    auto loaded = parse_services(text, "services.yaml");
    EXPECT_TRUE(loaded) << loaded.error().text();
    return loaded ? loaded->value : Registrations();
}

std::vector<std::string> notes_of(std::string_view text) {
    std::vector<std::string> texts;
    const auto loaded = parse_services(text, "services.yaml");
    EXPECT_TRUE(loaded) << loaded.error().text();
    if (loaded)
        for (const auto& note : loaded->notes) texts.push_back(note.text);
    return texts;
}

std::string error_of(std::string_view text) {
    const auto loaded = parse_services(text, "services.yaml");
    return loaded ? "no error" : loaded.error().text();
}

/// One instance under a list of that name, for the cases that differ in one line.
std::string one(std::string_view lines) {
    return "ec2_instances:\n- instance_id: i-0123456789abcdef0\n" + std::string(lines);
}

void expect_the_original(std::string_view file) {
    const auto items = good(test_data(file));
    ASSERT_EQ(items.size(), 7U);
    EXPECT_EQ(items[0], instance("i-0123456789abcdef0"));
    EXPECT_EQ(items[1], instance("i-0abcdef0", "ap-northeast-2", "개발 서버 #1: \"build\" 😀"));
    EXPECT_THAT(items[2].description, HasSubstr("wider than the eighty columns"));
    EXPECT_EQ(items[3].description,
              "한국어로 쓴 긴 설명이고, 여든 칸을 넘으므로 여러 줄에 걸쳐 저장된다. 그래도 같은 글로 읽혀야 한다.");
    EXPECT_EQ(items[4].id, service("123", "true").id);
    EXPECT_EQ(items[4].description, "it's a: test, yes");
    EXPECT_EQ(items[5].description, "two\nlines");
    EXPECT_EQ(items[6], nodegroup("k8s", "workers", 2));
    EXPECT_THAT(notes_of(test_data(file)), IsEmpty());
}

TEST(Services, OpenTheFilesOfTheOriginal) {
    expect_the_original("original_services.yaml");
    expect_the_original("original_services_unsorted.yaml");
    EXPECT_THAT(good(test_data("original_services_empty.yaml")), IsEmpty());
}

TEST(Services, AreNoneInAFileThatSaysNothing) {
    for (const auto* text : {"", "\n\n", "# only a comment\n", "---\n", "{}\n", "null\n", "ec2_instances:\n",
                             "ec2_instances: []\necs_services: ~\n", "\xEF\xBB\xBF# bom\n"})
        EXPECT_THAT(good(text), IsEmpty()) << text;
    EXPECT_THAT(good(default_services_text()), IsEmpty());
    EXPECT_THAT(notes_of(default_services_text()), IsEmpty());
}

TEST(Services, ReadEveryKeyInAnyStyle) {
    EXPECT_THAT(good("ec2_instances: [{instance_id: i-0abcdef0, region: us-east-1, force: yes}]\r\n"
                     "eks_nodegroups:\r\n"
                     "    -   cluster_name: \"k8s\"\r\n"
                     "        nodegroup_name: workers\r\n"
                     "        region: us-west-2\r\n"
                     "        desired_size: 2\r\n"),
                ElementsAre(core::Registration{.id = instance("i-0abcdef0").id, .force = true},
                            nodegroup("k8s", "workers", 2)));
    EXPECT_EQ(
        good("{\"ecs_services\": [{\"cluster_name\": \"a\", \"service_name\": \"b\", \"region\": \"us-east-1\"}]}"),
        Registrations{service("a", "b")});
}

TEST(Services, ReadGroupsAndDatabases) {
    const auto items = good(
        "autoscaling_groups:\n- {group_name: fleet, region: us-east-1, desired_size: 2}\n"
        "rds_instances:\n- {db_instance: Orders, region: us-east-1, busy_cpu_percent: 5}\n"
        "rds_clusters:\n- {db_cluster: ledger, region: us-east-1, force: true, profile: work}\n");
    ASSERT_EQ(items.size(), 3U);
    EXPECT_EQ(items[0],
              (core::Registration{.id = core::asg(Region("us-east-1"), GroupName("fleet")), .desired_size = 2}));
    EXPECT_EQ(items[1].id, core::rds(Region("us-east-1"), DatabaseName("orders")));
    EXPECT_EQ(items[1].busy_cpu_percent, 5);
    EXPECT_EQ(core::to_string(items[2].id), "work@rds-cluster:us-east-1:ledger");
    EXPECT_TRUE(items[2].force);
    EXPECT_THAT(notes_of("rds_instances: [{db_instance: orders, region: us-east-1, desired_size: 2}]"),
                ElementsAre(HasSubstr("'desired_size' in rds_instances")));
    EXPECT_THAT(error_of("rds_clusters: [{db_instance: ledger, region: us-east-1}]"),
                HasSubstr("db_cluster is missing"));
}

TEST(Services, FollowAliases) {
    EXPECT_THAT(good("ec2_instances:\n- &a {instance_id: i-0abcdef0, region: us-east-1}\n- *a\n"),
                ElementsAre(instance("i-0abcdef0")));
}

struct Bad {
    std::string text;
    const char* error;
};

void PrintTo(const Bad& bad, std::ostream* out) {
    *out << bad.text;
}

class BadServices : public testing::TestWithParam<Bad> {};

TEST_P(BadServices, AreRefusedWithFileLineAndReason) {
    EXPECT_THAT(error_of(GetParam().text), HasSubstr(GetParam().error));
}

INSTANTIATE_TEST_SUITE_P(
    Values, BadServices,
    testing::Values(
        Bad{"- a\n", "services.yaml:1: must be a map with ec2_instances, ecs_services and the like, is a list"},
        Bad{"junk", "is 'junk'"}, Bad{"ec2_instances: i-0abcdef0\n", "services.yaml:1: ec2_instances must be a list"},
        Bad{"ec2_instances:\n\n- i-0abcdef0\n", "services.yaml:3: an item of ec2_instances must be a map"},
        Bad{one(""), "services.yaml:2: region is missing in this item of ec2_instances"},
        Bad{one("  region: null\n"), "region is missing"},
        Bad{one("  region: [a]\n"), "services.yaml:3: region must be a text, is a list"},
        Bad{one("  region: mars\n"), "services.yaml:3: region: 'mars' is not a valid region."},
        Bad{"ec2_instances:\n- region: us-east-1\n  instance_id: i-xyz\n",
            "services.yaml:3: instance_id: 'i-xyz' is not a valid instance id"},
        Bad{one("  region: us-east-1\n  description: {a: b}\n"), "services.yaml:4: description must be a text"},
        Bad{one("  region: us-east-1\n  force: maybe\n"), "services.yaml:4: force must be true or false, is 'maybe'"},
        Bad{one("  region: us-east-1\n  region: us-east-2\n"), "services.yaml:4: region stands twice"},
        Bad{"ecs_services:\n- {cluster_name: a b, service_name: c, region: us-east-1}\n",
            "cluster_name: 'a b' is not a valid cluster name"},
        Bad{"eks_nodegroups:\n- cluster_name: a\n  nodegroup_name: b\n  region: us-east-1\n  desired_size: -1\n",
            "services.yaml:5: desired_size must be a whole number from 0 to 100000, is '-1'"},
        Bad{"eks_nodegroups: [{cluster_name: a, nodegroup_name: b, region: us-east-1, desired_size: 1.5}]", "is '1.5'"},
        Bad{"eks_nodegroups: [{cluster_name: a, nodegroup_name: b, region: us-east-1, desired_size: 99999999999}]",
            "desired_size"},
        Bad{"ec2_instances: []\necs_services: []\nec2_instances: []\n",
            "services.yaml:3: ec2_instances stands twice (first in line 1)"}));

INSTANTIATE_TEST_SUITE_P(
    Syntax, BadServices,
    testing::Values(Bad{"ec2_instances:\n\t- a\n", "services.yaml:2: this is not YAML: "},
                    Bad{"ec2_instances: [\n", "this is not YAML: "},
                    Bad{"a: b: c\n", "services.yaml:1: this is not YAML"},
                    Bad{"ec2_instances: *nowhere\n", "this is not YAML"},
                    Bad{"%junk\n", "services.yaml: this is not YAML"},
                    Bad{"ec2_instances: []\n---\necs_services: []\n", "services.yaml:2: a second document"},
                    // yaml-cpp alone would take these for documents without end.
                    Bad{"ec2_instances: []\n]\n", "services.yaml:2: "}, Bad{"a: 1\n}", "services.yaml:2: "},
                    Bad{"]", "services.yaml:1: "}, Bad{"# ok\n\xff\n", "services.yaml:2: is not UTF-8 text here"},
                    Bad{std::string("a: b\n\x04 c", 8), "services.yaml:2: has a control character here"},
                    Bad{std::string("a: \0", 4), "services.yaml:1: has a control character here"}));

TEST(Services, ReportSeveralErrorsAtOnce) {
    EXPECT_THAT(
        error_of("ec2_instances:\n- {instance_id: i-1, region: us-east-1}\n- {instance_id: i-0abcdef0}\n"),
        testing::AllOf(HasSubstr("services.yaml:2: instance_id"), HasSubstr("; services.yaml:3: region is missing")));
}

TEST(Services, WarnOfUnknownKeysWithTheNearest) {
    EXPECT_THAT(notes_of("ec2_instance: []\n" + one("  region: us-east-1\n  descripton: x\n  note: y\n")),
                ElementsAre("services.yaml:1: doze knows no 'ec2_instance' (did you mean ec2_instances?)",
                            "services.yaml:5: doze knows no 'descripton' in ec2_instances (did you mean description?)",
                            "services.yaml:6: doze knows no 'note' in ec2_instances"));
}

TEST(Services, CountAResourceThatStandsTwiceOnce) {
    const auto* text =
        "ec2_instances:\n"
        "- {instance_id: i-0abcdef0, region: us-east-1, description: first}\n"
        "- {instance_id: i-0abcdef0, region: us-east-1, description: second}\n";
    EXPECT_THAT(good(text), ElementsAre(instance("i-0abcdef0", "us-east-1", "first")));
    EXPECT_THAT(notes_of(text),
                ElementsAre("services.yaml:3: ec2:us-east-1:i-0abcdef0 stands twice; the one in line 2 counts"));
}

TEST(Services, RefuseDeepNesting) {
    for (const auto* opening : {"[", "{", "- ", "? "}) {
        std::string deep;
        for (int i = 0; i < 50'000; ++i) deep += opening;
        EXPECT_THAT(error_of(deep), HasSubstr("is nested too deeply")) << opening;
    }
}

TEST(Services, DoNotUnfoldNestedAliases) {
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 100; ++i) bomb += fmt::format("a{0}: &a{0} [*a{1}, *a{1}]\n", i, i - 1);
    EXPECT_THAT(error_of(bomb + "ec2_instances: *a99\n"), HasSubstr("must be a map"));
}

TEST(Services, BoundTheKeysOfOneItem) {
    std::string text = "ec2_instances:\n- &a\n";
    for (int i = 0; i < 100; ++i) text += "  k" + std::to_string(i) + ": x\n";
    for (int i = 0; i < 100; ++i) text += "- *a\n";
    EXPECT_THAT(error_of(text), HasSubstr("too many keys"));
}

TEST(Services, RefuseAHugeFile) {
    EXPECT_THAT(error_of(std::string(largest_services + 1, '\n')), HasSubstr("at most 4194304 are read"));
}

}  // namespace
}  // namespace doze::config::services_test
