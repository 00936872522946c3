#include "base/atomic_file.hpp"

#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

#include "base/handle.hpp"
#include "fakes/temp_dir.hpp"

namespace doze {
namespace {

namespace fs = std::filesystem;

class LeftOver : public testing::Test {
   protected:
    fs::path make(const std::string& name) const {
        std::ofstream(folder_.path() / name) << "half";
        return folder_.path() / name;
    }
    [[nodiscard]] fs::path file() const { return folder_.path() / "services.yaml"; }

    fakes::TempDir folder_;
};

TEST_F(LeftOver, IsRemovedAndNothingElse) {
    const auto left = make(".services.yaml.Ab3xYz");
    for (const auto* other : {"services.yaml", "services.yaml.Ab3xYz", ".services.yaml.swp", ".services.yaml.Ab3-Yz",
                              ".services.yaml.Ab3xYz1", ".settings.json.Ab3xYz"})
        make(other);
    fs::create_directory(folder_.path() / ".services.yaml.folder");
    remove_left_over(file());
    EXPECT_FALSE(fs::exists(left));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 7);
}

TEST_F(LeftOver, OfAWriteThatGoesOnStays) {
    const auto busy = make(".services.yaml.Ab3xYz");
    const UniqueFd writer(::open(busy.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
    remove_left_over(file());
    EXPECT_TRUE(fs::exists(busy));
}

TEST_F(LeftOver, IsRemovedWhereALinkLeads) {
    fs::create_directory(folder_.path() / "dotfiles");
    const auto left = make("dotfiles/.real.yaml.Ab3xYz");
    fs::create_symlink("dotfiles/real.yaml", file());
    remove_left_over(file());
    EXPECT_FALSE(fs::exists(left));
}

TEST_F(LeftOver, IsRemovedByTheNextWriteToo) {
    const auto left = make(".services.yaml.Ab3xYz");
    ASSERT_TRUE(write_file(file(), "whole", std::nullopt));
    EXPECT_FALSE(fs::exists(left));
    EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), {}), 1);
}

}  // namespace
}  // namespace doze
