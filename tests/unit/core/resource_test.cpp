// What a sleep leaves of a size, and what of it is put back.
#include "core/model/resource.hpp"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "core/model/kinds.hpp"

namespace doze::core::of_sizes {
namespace {

constexpr std::uint16_t ecs_bits = 0b111, asg_bits = 0b111011000;

struct Row {
    std::string rule;
    Kind kind;
    Size before;
    Size seen;
    Size goal;
};

void hold(const std::vector<Row>& rows) {
    for (const auto& [rule, kind, before, seen, goal] : rows)
        EXPECT_EQ(undone(kind, before, seen), goal) << rule << ": " << to_string(undone(kind, before, seen))
                                                    << " of suspended " << undone(kind, before, seen).suspended;
}

TEST(Sizes, AreLeftAtNothingWithTheirScalingSwitchedOff) {
    EXPECT_EQ(slept(Kind::ec2, {1}), Size{});
    EXPECT_EQ(slept(Kind::rds, {1}), Size{});
    EXPECT_EQ(slept(Kind::ecs, {3}), Size{}) << "without a scalable target there is nothing to switch off";
    EXPECT_EQ(slept(Kind::ecs, {3, 1, 4}), (Size{0, 0, 4, ecs_bits}));
    EXPECT_EQ(slept(Kind::eks, {2, 1, 4}), (Size{0, 0, 4}));
    EXPECT_EQ(slept(Kind::asg, {2, 1, 4}), (Size{0, 0, 0, asg_bits}));
    EXPECT_EQ(slept(Kind::asg, {2, 1, 4, 0b1}), (Size{0, 0, 0, asg_bits | 0b1})) << "what is off stays off";
}

TEST(Sizes, GoBackWholeWhereNobodyChangedThem) {
    hold({
        {"an instance", Kind::ec2, {1}, {0}, {1}},
        {"one that is awake again", Kind::ec2, {1}, {1}, {1}},
        {"a service", Kind::ecs, {3, 1, 4}, {0, 0, 4, ecs_bits}, {3, 1, 4}},
        {"what was off before stays off", Kind::ecs, {3, 1, 4, 0b1}, {0, 0, 4, ecs_bits}, {3, 1, 4, 0b1}},
        {"what somebody switched on meanwhile", Kind::ecs, {3, 1, 4}, {0, 0, 4, 0b11}, {3, 1, 4}},
        {"what somebody switched off meanwhile stays theirs",
         Kind::ecs,
         {3, 1, 4},
         {0, 0, 4, 0b1111},
         {3, 1, 4, 0b1000}},
        {"halfway: its size is back already", Kind::ecs, {3, 1, 4}, {3, 0, 4, ecs_bits}, {3, 1, 4}},
        {"a node group", Kind::eks, {2, 1, 4}, {0, 0, 4}, {2, 1, 4}},
        {"a group", Kind::asg, {2, 1, 4, 0b10000}, {0, 0, 0, asg_bits}, {2, 1, 4, 0b10000}},
    });
}

TEST(Sizes, WithBoundsThatAreNotKnownGoBackAsTheyWere) {
    hold({
        {"the sleep knew none", Kind::ecs, {3}, {0}, {3}},
        {"and touched none that are seen now", Kind::ecs, {3}, {0, 2, 5}, {3, 2, 5}},
        {"they can't be seen now", Kind::ecs, {3, 1, 4}, {0}, {3, 1, 4}},
        {"nor where its size is somebody's", Kind::ecs, {3, 1, 4}, {2}, {2, 1, 4}},
    });
}

TEST(Sizes, AreFittedIntoBoundsThatSomebodyChangedMeanwhile) {
    hold({
        {"a minimum below", Kind::ecs, {3, 1, 4}, {0, 2, 4, ecs_bits}, {3, 2, 4}},
        {"a minimum above", Kind::ecs, {3, 1, 4}, {0, 5, 9, ecs_bits}, {5, 5, 9}},
        {"a maximum below", Kind::ecs, {3, 1, 4}, {0, 0, 2, ecs_bits}, {2, 1, 2}},
        {"a maximum above", Kind::ecs, {3, 1, 4}, {0, 0, 9, ecs_bits}, {3, 1, 9}},
        {"a maximum below the minimum before", Kind::ecs, {3, 2, 4}, {0, 0, 1, ecs_bits}, {1, 1, 1}},
        {"a minimum above the maximum before", Kind::asg, {2, 1, 4}, {0, 5, 0, asg_bits}, {5, 5, 5}},
    });
}

TEST(Sizes, OfSomebodyKeepTheirOwnAndHaveBoundsThatAllowThem) {
    hold({
        {"between the bounds before", Kind::ecs, {3, 1, 4}, {2, 0, 4, ecs_bits}, {2, 1, 4}},
        {"below the minimum before", Kind::ecs, {3, 3, 4}, {2, 0, 4, ecs_bits}, {2, 2, 4}},
        {"above a maximum that stays", Kind::ecs, {3, 1, 4}, {6, 0, 4, ecs_bits}, {6, 1, 4}},
        {"above a maximum that comes back", Kind::asg, {2, 1, 4}, {6, 0, 0, asg_bits}, {6, 1, 6}},
        {"below it", Kind::asg, {2, 1, 4}, {1, 0, 0, asg_bits}, {1, 1, 4}},
        {"with a maximum of their own", Kind::asg, {2, 1, 4}, {6, 0, 8, asg_bits}, {6, 1, 8}},
        {"with a minimum of their own", Kind::asg, {2, 1, 4}, {6, 6, 8, asg_bits}, {6, 6, 8}},
    });
}

TEST(Sizes, DifferByWhatBothKnow) {
    EXPECT_FALSE(differ({1}, {1}));
    EXPECT_TRUE(differ({1}, {2}));
    EXPECT_FALSE(differ({1}, {1, 1, 4}));
    EXPECT_FALSE(differ({1, 1, 4, 1}, {1}));
    EXPECT_TRUE(differ({1, 1, 4}, {1, 2, 4}));
    EXPECT_TRUE(differ({1, 1, 4}, {1, 1, 5}));
    EXPECT_TRUE(differ({1, 1, 4}, {1, 1, 4, 1}));
    EXPECT_FALSE(differ({1, 1, 4, 1}, {1, 1, 4, 1}));
}

TEST(Kinds, AreDescribedByCallsOfAsManyAsAwsTakes) {
    const std::vector<std::pair<Kind, std::size_t>> most{{Kind::ec2, 200}, {Kind::ecs, 10}, {Kind::eks, 1},
                                                         {Kind::asg, 100}, {Kind::rds, 50}, {Kind::rds_cluster, 50}};
    for (const auto& [kind, at_once] : most) EXPECT_EQ(info(kind).described_at_once, at_once) << to_string(kind);
}

}  // namespace
}  // namespace doze::core::of_sizes
