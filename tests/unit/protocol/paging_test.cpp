#include <algorithm>
#include <gtest/gtest.h>
#include <random>
#include <set>

#include "unit/protocol/desk.hpp"

namespace doze::protocol {
namespace {

namespace json = boost::json;
using core::Kind;
using Random = std::mt19937;

std::size_t below(Random& random, std::size_t most) {
    return random() % most;
}

/// Mostly a usual name, sometimes a very long one, sometimes with what must be escaped.
std::string any_name(Random& random, int number) {
    std::string name = "n" + std::to_string(number);
    switch (below(random, 12)) {
        case 0: return name + std::string(below(random, 250), 'x');
        case 1: return name + "-\"quoted\" \\ 개발 \x01";
        default: return name;
    }
}

std::string instance_id(int number) {
    auto digits = std::to_string(number);
    return "i-" + std::string(17 - digits.size(), '0') + digits;
}

struct Fleet {
    std::vector<core::Ec2Instance> instances;
    std::vector<core::EcsCluster> ecs;
    std::vector<core::EksCluster> eks;
};

Fleet any_fleet(Random& random, std::string_view region, int& number) {
    Fleet fleet;
    for (auto count = below(random, 40); count > 0; --count) {
        ++number;
        fleet.instances.push_back(instance(region, instance_id(number), any_name(random, number)));
        if (below(random, 20) == 0)
            fleet.instances.back().seen.guard = core::Guard{.why = std::string(below(random, 9000), '"')};
    }
    for (auto count = below(random, 5); count > 0; --count) {
        const auto cluster = any_name(random, ++number);
        std::vector<core::EcsService> services;
        for (auto members = below(random, 12); members > 0; --members)
            services.push_back(service(region, cluster, any_name(random, ++number)));
        fleet.ecs.push_back(ecs_cluster(region, cluster, std::move(services)));
    }
    for (auto count = below(random, 4); count > 0; --count) {
        const auto cluster = any_name(random, ++number);
        std::vector<core::EksNodegroup> groups;
        for (auto members = below(random, 5); members > 0; --members)
            groups.push_back(nodegroup(region, cluster, any_name(random, ++number)));
        fleet.eks.push_back(eks_cluster(region, cluster, std::move(groups)));
        fleet.eks.back().endpoint = std::string(below(random, 200), 'e');
    }
    std::ranges::shuffle(fleet.instances, random);
    return fleet;
}

void stock(Desk& desk, std::string_view region, const Fleet& fleet) {
    auto& state = desk.host.change();
    const Region where{std::string(region)};
    state.inventory.put(Kind::ec2, where, fleet.instances, desk.host.now());
    state.inventory.put(Kind::ecs, where, fleet.ecs, desk.host.now());
    state.inventory.put(Kind::eks, where, fleet.eks, desk.host.now());
    for (const auto& one : fleet.instances)
        state.tracked.emplace(one.seen.id, core::ResourceRecord{.id = one.seen.id,
                                                                .registration = core::Registration{.id = one.seen.id}});
}

/// The number that any_name() and instance_id() put into every name tells leaves apart even where a small
/// page had to shorten them.
int number_of(std::string_view name) {
    const auto digit = name.find_first_of("0123456789");
    return std::atoi(std::string(name.substr(digit)).c_str());
}

void add_leaves(const json::array& items, std::vector<int>& leaves) {
    for (const auto& item : items) {
        const auto& object = item.as_object();
        if (object.contains("truncated")) continue;
        const auto* members = object.if_contains("services");
        if (!members) members = object.if_contains("nodegroups");
        if (members && !members->as_array().empty()) {
            add_leaves(members->as_array(), leaves);
        } else {
            const auto* name = object.if_contains("instance_id");
            if (!name) name = object.if_contains("id");
            leaves.push_back(number_of(text(name ? *name : object.at("name"))));
        }
    }
}

struct Page {
    std::vector<int> leaves;
    std::string more;
    std::size_t remaining = 0;
};

Page read(const json::value& reply) {
    Page page;
    const json::object* end = nullptr;
    if (const auto* array = reply.if_array()) {
        add_leaves(*array, page.leaves);
        if (!array->empty() && array->back().as_object().contains("truncated")) end = &array->back().as_object();
    } else {
        const auto& object =
            reply.as_object().contains("content") ? reply.at("content").as_object() : reply.as_object();
        for (const auto& [name, value] : object)
            if (value.is_array() && name != "errors") add_leaves(value.as_array(), page.leaves);
        if (object.contains("truncated")) end = &object;
    }
    if (end) {
        EXPECT_EQ(end->at("truncated"), true);
        page.more = text(end->at("more"));
        page.remaining = static_cast<std::size_t>(end->at("remaining").as_int64());
        EXPECT_GT(page.remaining, 0U);
    }
    return page;
}

std::string json_more(const std::string& more) {
    return R"({"id":"00000000-0000-4000-8000-000000000000","type":"MORE","content":{"token":")" + more.substr(5) +
           "\"}}";
}

/// Asks on until the end. Each page must be within the limit, not empty, and count what is left rightly.
std::vector<int> read_all(Desk& desk, const std::string& command, std::size_t limit, bool as_json) {
    std::vector<int> leaves;
    auto ask = command;
    std::optional<std::size_t> remaining;
    while (true) {
        const auto reply = desk.ask(ask, limit);
        EXPECT_LE(desk.replies.back().size(), limit) << ask;
        EXPECT_EQ(error_of(reply), "") << ask << " " << limit;
        const auto page = read(reply);
        leaves.insert(leaves.end(), page.leaves.begin(), page.leaves.end());
        if (remaining) {
            EXPECT_EQ(*remaining, page.leaves.size() + page.remaining) << ask;
        }
        remaining = page.remaining;
        if (page.more.empty() || page.leaves.empty() || testing::Test::HasFailure()) break;
        ask = as_json ? json_more(page.more) : page.more;
    }
    EXPECT_EQ(remaining, 0U) << command << " " << limit;
    return leaves;
}

struct Asked {
    std::string text;
    bool as_json;
};

const Asked lists[] = {
    {"LIST_EC2", false},
    {"LIST_ECS", false},
    {"LIST_EKS:us-east-1", false},
    {"LIST_ALL_SERVICES", false},
    {"LIST_REGISTERED_SERVICES", false},
    {R"({"id":"00000000-0000-4000-8000-000000000000","type":"AWS_EC2_LIST","content":{"region":"us-east-1"}})", true},
    {R"({"id":"00000000-0000-4000-8000-000000000000","type":"AWS_ECS_LIST"})", true},
    {R"({"id":"00000000-0000-4000-8000-000000000000","type":"AWS_EKS_LIST"})", true},
    {R"({"id":"00000000-0000-4000-8000-000000000000","type":"LIST_ALL_SERVICES"})", true},
    {R"({"id":"00000000-0000-4000-8000-000000000000","type":"LIST_REGISTERED_SERVICES"})", true},
};

TEST(Pages, TogetherAreTheWholeListOnce) {
    Random random(3);
    for (int round = 0; round < 25; ++round) {
        Desk desk;
        int number = 0;
        for (const std::string_view region : {"eu-west-1", "us-east-1"})
            stock(desk, region, any_fleet(random, region, number));
        if (below(random, 3) == 0)
            desk.host.change().inventory.fail(Kind::ec2, Region("us-east-1"),
                                              {.code = ErrorCode::access_denied, .message = std::string(400, 'd')});
        const auto limit = below(random, 3) == 0 ? 512 + below(random, 200) : 512 + below(random, 7681);
        for (const auto& [command, as_json] : lists) {
            const auto whole = read(desk.ask(command));
            ASSERT_TRUE(whole.more.empty());
            ASSERT_EQ(read_all(desk, command, limit, as_json), whole.leaves) << command << " " << limit;
        }
    }
}

TEST(Pages, GoOnAfterTheLastItemWhateverHappenedMeanwhile) {
    Random random(4);
    for (int round = 0; round < 50; ++round) {
        Desk desk;
        std::vector<core::Ec2Instance> fleet;
        for (int number = 10; number < 60; number += 2) fleet.push_back(instance("us-east-1", instance_id(number)));
        const auto put = [&] { stock(desk, "us-east-1", {.instances = fleet}); };
        put();
        std::set<int> seen;
        std::string ask = "LIST_EC2";
        while (!ask.empty()) {
            const auto page = read(desk.ask(ask, 900));
            for (const auto leaf : page.leaves) ASSERT_TRUE(seen.insert(leaf).second) << leaf << " came twice";
            ask = page.more;
            // The last one delivered goes away, and so does an earlier one; a new one comes in front.
            std::erase_if(fleet, [&](const auto& one) { return number_of(one.seen.id.name) == page.leaves.back(); });
            fleet.push_back(instance("us-east-1", instance_id(static_cast<int>(below(random, 10)))));
            std::ranges::shuffle(fleet, random);
            put();
        }
        for (int number = 10; number < 60; number += 2) ASSERT_TRUE(seen.contains(number)) << number << " is missing";
    }
}

TEST(Pages, OfAClusterRepeatItsHead) {
    Desk desk;
    std::vector<core::EcsService> services;
    for (int number = 100; number < 120; ++number)
        services.push_back(service("us-east-1", "dev", "s" + std::to_string(number)));
    stock(desk, "us-east-1", {.ecs = {ecs_cluster("us-east-1", "dev", services)}});
    const auto first = desk.ask("LIST_ECS", 1200).as_array();
    const auto& end = first.at(1).as_object();
    const auto delivered = first.at(0).at("services").as_array().size();
    EXPECT_EQ(end.at("remaining").as_int64(), 20 - static_cast<std::int64_t>(delivered));
    const auto second = desk.ask(text(end.at("more")), 100'000).as_array();
    ASSERT_EQ(second.size(), 1U);
    EXPECT_EQ(second.at(0).at("name"), "dev");
    EXPECT_EQ(second.at(0).at("active_services_count"), 20);
    EXPECT_EQ(second.at(0).at("services").as_array().size(), 20 - delivered);
}

TEST(Pages, KeepTheFormTheyBeganIn) {
    Desk desk;
    std::vector<core::Ec2Instance> fleet;
    for (int number = 0; number < 30; ++number) fleet.push_back(instance("us-east-1", instance_id(number)));
    stock(desk, "us-east-1", {.instances = fleet});

    const auto first = desk.ask(R"({"id":"a","type":"AWS_EC2_LIST"})", 1500).at("content").as_object();
    EXPECT_TRUE(first.contains("age_seconds"));
    const auto next =
        desk.ask(R"({"id":"b","type":"MORE","content":{"token":")" + text(first.at("more")).substr(5) + "\"}}", 1500);
    EXPECT_EQ(next.at("id"), "b");
    EXPECT_EQ(next.at("type"), "AWS_EC2_LIST");
    EXPECT_TRUE(next.at("content").as_object().contains("instances"));
    const auto by_text = desk.ask(text(first.at("more")), 1500);
    EXPECT_EQ(by_text.at("type"), "AWS_EC2_LIST");

    desk.send(R"({"id":"c","type":"refresh_service","service":"ec2"})", 1500);
    desk.host.finish(core::RequestResult{.message = "Looked."});
    const auto refreshed = desk.last().at("content").as_object();
    EXPECT_EQ(desk.ask(text(refreshed.at("more")), 1500).at("type"), "REFRESH_EC2");
}

TEST(Pages, TakeTheTokenWithOrWithoutItsWordInAMessage) {
    Desk desk;
    stock(desk, "us-east-1",
          {.instances = {instance("us-east-1", instance_id(1)), instance("us-east-1", instance_id(2)),
                         instance("us-east-1", instance_id(3)), instance("us-east-1", instance_id(4))}});
    const auto more = text(desk.ask("LIST_EC2", 512).as_array().back().at("more"));
    const auto ask = [&](const std::string& token) {
        return desk.ask(R"({"type":"MORE","content":{"token":")" + token + "\"}}");
    };
    EXPECT_EQ(ask(more).at("content").at("instances"), ask(more.substr(5)).at("content").at("instances"));
}

TEST(Pages, AreNotCutWhereTheWholeListJustFits) {
    Desk desk;
    std::vector<core::Ec2Instance> fleet;
    for (int number = 0; number < 5; ++number) fleet.push_back(instance("us-east-1", instance_id(number)));
    stock(desk, "us-east-1", {.instances = fleet});
    const auto whole = desk.ask_text("LIST_EC2");
    EXPECT_EQ(desk.ask_text("LIST_EC2", whole.size()), whole);
    EXPECT_LT(read(desk.ask("LIST_EC2", whole.size() - 1)).leaves.size(), 5U);
}

TEST(Pages, LoseNothingWhereALongNameIsGone) {
    Desk desk;
    const std::string same(60, 'x');
    std::vector<core::EcsService> services;
    for (int number = 10; number < 20; ++number)
        services.push_back(service("us-east-1", "dev", same + std::to_string(number)));
    const auto put = [&] { stock(desk, "us-east-1", {.ecs = {ecs_cluster("us-east-1", "dev", services)}}); };
    put();
    const auto first = read(desk.ask("LIST_ECS", 1000));
    ASSERT_NE(first.more.find('*'), std::string::npos) << "the name is cut in the token";
    EXPECT_EQ(read(desk.ask(first.more)).leaves.front(), first.leaves.back() + 1) << "while it is there";

    std::erase_if(services, [&](const auto& one) { return number_of(one.seen.id.name) == first.leaves.back(); });
    put();
    const auto rest = read(desk.ask(first.more)).leaves;
    for (int number = first.leaves.back() + 1; number < 20; ++number)
        EXPECT_NE(std::ranges::find(rest, number), rest.end()) << number;
}

TEST(Pages, ShortenAnItemThatIsLargerThanAPage) {
    Desk desk;
    auto large = instance("us-east-1", instance_id(1), std::string(5000, 'n'));
    large.seen.guard = core::Guard{.why = std::string(5000, 'g')};
    stock(desk, "us-east-1", {.instances = {large, instance("us-east-1", instance_id(2))}});
    const auto first = desk.ask("LIST_EC2", 512).as_array();
    EXPECT_EQ(text(first.at(0).at("id")), instance_id(1));
    EXPECT_TRUE(text(first.at(0).at("name")).ends_with("..."));
    EXPECT_EQ(first.at(1).at("remaining"), 1);
}

TEST(Pages, CountTheErrorsForWhichThereIsNoRoom) {
    Desk desk;
    for (const std::string_view region : {"eu-west-1", "us-east-1"})
        desk.host.change().inventory.fail(Kind::ec2, Region(std::string(region)),
                                          {.code = ErrorCode::access_denied, .message = std::string(2000, 'd')});
    const auto content = desk.ask(R"({"type":"AWS_EC2_LIST"})", 512).at("content").as_object();
    EXPECT_EQ(
        content.at("errors").as_array().size() + static_cast<std::size_t>(content.at("errors_omitted").as_int64()), 2U);
}

}  // namespace
}  // namespace doze::protocol
