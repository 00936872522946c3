#include "base/edit_distance.hpp"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <vector>

#include "base/text.hpp"

namespace doze::edit_distance_test {
namespace {

/// The textbook's table, row by row.
std::size_t by_table(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const auto replaced = diagonal + (lower_case(a[i - 1]) == lower_case(b[j - 1]) ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

TEST(EditDistanceTest, IsThatOfTheTextbook) {
    std::mt19937 random(11);
    const auto word = [&](std::size_t longest) {
        std::string text(random() % (longest + 1), ' ');
        for (char& c : text) c = "abAB_.-19"[random() % 9];
        return text;
    };
    for (int i = 0; i < 5000; ++i) {
        const auto one = word(64);
        const auto other = word(90);
        ASSERT_EQ(EditDistance(one).to(other), by_table(one, other)) << one << " / " << other;
    }
    EXPECT_EQ(EditDistance("").to("four"), 4U);
    EXPECT_EQ(EditDistance("four").to(""), 4U);
    EXPECT_EQ(EditDistance(std::string(70, 'a')).to(std::string(64, 'a')), 0U) << "of what counts of the word";
}

TEST(EditDistanceTest, WhatIsNearIsFound) {
    constexpr std::array<std::string_view, 3> keys{"log.level", "monitoring.interval_minutes", "server.udp.port"};
    EXPECT_EQ(nearest("log.lvel", keys), "log.level");
    EXPECT_EQ(nearest("Log.Level", keys), "log.level");
    EXPECT_EQ(nearest("udp.port", keys), "server.udp.port") << "the last part is right";
    EXPECT_EQ(nearest("frobnicate", keys), "");
    EXPECT_EQ(nearest(std::string(65, 'a'), keys), "") << "longer than any name";
    EXPECT_EQ(did_you_mean("log.lvel", keys), " (did you mean log.level?)");
    EXPECT_EQ(did_you_mean("frobnicate", keys), "");
}

}  // namespace
}  // namespace doze::edit_distance_test
