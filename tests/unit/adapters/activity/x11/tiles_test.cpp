#include "adapters/activity/x11/tiles.hpp"

#include <gmock/gmock.h>
#include <vector>

namespace doze::activity::x11 {
namespace {

using testing::DoubleEq;
using testing::Each;

/// A screen that is no multiple of tiles in either direction: 4 x 3 tiles.
class AScreen : public testing::Test {
   protected:
    static constexpr int width = 3 * Tiles::side + 10;
    static constexpr int height = 2 * Tiles::side + 20;
    static constexpr double pixel = 1.0 / (width * height);
    static constexpr Rectangle all{.width = width, .height = height};

    AScreen() : pixels_(std::size_t{width} * height, 0x336699) { look(all); }

    std::uint32_t& at(int x, int y) {
        return pixels_[static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x)];
    }

    /// The share that changed, where this part was repainted.
    double look(Rectangle repainted) {
        tiles_.begin();
        tiles_.repaint(repainted);
        for (int row = 0; row < tiles_.rows(); ++row) {
            if (tiles_.is_repainted(row)) tiles_.read(row, &at(0, row * Tiles::side));
        }
        return tiles_.changed();
    }

    std::vector<std::uint32_t> pixels_;
    Tiles tiles_{width, height, 24};
};

TEST_F(AScreen, SeenForTheFirstTimeHasNotChanged) {
    EXPECT_EQ(tiles_.changed(), 0);
    EXPECT_EQ(tiles_.repainted(), 1);
}

TEST_F(AScreen, DrawnAgainAsItWasHasNotChanged) {
    EXPECT_EQ(look(all), 0);
}

TEST_F(AScreen, ChangesByTheTilesThatDiffer) {
    at(70, 5) ^= 1;  // A tile.
    EXPECT_THAT(look(all), DoubleEq(Tiles::side * Tiles::side * pixel));
    at(5, height - 1) ^= 0x800000;  // A tile that is cut off below.
    EXPECT_THAT(look(all), DoubleEq(Tiles::side * 20 * pixel));
    at(width - 1, 5) ^= 1;  // One that is cut off at the right.
    EXPECT_THAT(look(all), DoubleEq(Tiles::side * 10 * pixel));
    EXPECT_EQ(look(all), 0);
}

TEST_F(AScreen, ChangesWhereItWasRepaintedOnly) {
    at(5, 5) ^= 1;
    at(6, 70) ^= 1;
    EXPECT_THAT(look({.x = 4, .y = 4, .width = 10, .height = 10}), DoubleEq(100 * pixel));
    // The second row was not read, so its change is still to come; it too counts as far as it is repainted.
    EXPECT_THAT(look({.x = 0, .y = 60, .width = 20, .height = 14}), DoubleEq(20 * 10 * pixel));
}

TEST_F(AScreen, IsRepaintedByWhatLiesWithinIt) {
    tiles_.begin();
    tiles_.repaint({.x = -5, .y = -5, .width = 10, .height = 10});
    tiles_.repaint({.x = width - 5, .y = height - 5, .width = 100, .height = 100});
    tiles_.repaint({.x = width + 5, .y = 0, .width = 10, .height = 10});
    EXPECT_THAT(tiles_.repainted(), DoubleEq(50 * pixel));
    EXPECT_TRUE(tiles_.is_repainted(0));
    EXPECT_FALSE(tiles_.is_repainted(1));
    EXPECT_TRUE(tiles_.is_repainted(2));
}

TEST_F(AScreen, IsTheSameWhateverTheUnseenBitsAre) {
    for (std::uint32_t& one : pixels_) one |= 0xff000000;
    EXPECT_EQ(look(all), 0);
}

TEST_F(AScreen, ChangesWithEveryPixel) {
    std::vector<bool> changed;
    for (int y = 0; y < height; y += 7) {
        for (int x = 0; x < width; ++x) {
            at(x, y) ^= 0x800000;
            changed.push_back(look(all) > 0);
        }
    }
    EXPECT_THAT(changed, Each(true));
}

TEST_F(AScreen, ChangesWhenItsPixelsOnlyChangePlaces) {
    at(10, 10) = 1;
    at(50, 10) = 2;
    look(all);
    std::swap(at(10, 10), at(50, 10));
    EXPECT_GT(look(all), 0);
}

}  // namespace
}  // namespace doze::activity::x11
