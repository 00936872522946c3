#include "config/paths.hpp"

#include <gtest/gtest.h>
#include <map>
#include <sys/stat.h>

#include "scratch.hpp"

namespace doze::config {
namespace {

namespace fs = std::filesystem;

Environment environment(std::map<std::string, std::string> variables) {
    return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
    };
}

TEST(Paths, PreferTheOptionThenTheVariableThenXdgThenHome) {
    std::map<std::string, std::string> all{{"HOME", "/home/me"}};
    EXPECT_EQ(config_dir({}, environment(all)).value(), "/home/me/.config/doze");
    EXPECT_EQ(state_dir({}, environment(all)).value(), "/home/me/.local/state/doze");
    all["XDG_CONFIG_HOME"] = "/xdg/config";
    all["XDG_STATE_HOME"] = "/xdg/state";
    EXPECT_EQ(config_dir({}, environment(all)).value(), "/xdg/config/doze");
    EXPECT_EQ(state_dir({}, environment(all)).value(), "/xdg/state/doze");
    all["DOZE_CONFIG_DIR"] = "/own/config";
    all["DOZE_STATE_DIR"] = "/own/state/";
    EXPECT_EQ(config_dir({}, environment(all)).value(), "/own/config");
    EXPECT_EQ(state_dir({}, environment(all)).value(), "/own/state");
    EXPECT_EQ(config_dir("/given", environment(all)).value(), "/given");
    EXPECT_EQ(state_dir("/given/../other", environment(all)).value(), "/other");
}

TEST(Paths, IgnoreARelativeXdgFolder) {
    EXPECT_EQ(config_dir({}, environment({{"HOME", "/home/me"}, {"XDG_CONFIG_HOME", "config"}})).value(),
              "/home/me/.config/doze");
}

TEST(Paths, MakeARelativeOptionAbsolute) {
    EXPECT_EQ(config_dir("here", environment({})).value(), fs::current_path() / "here");
}

TEST(Paths, CreateFoldersForTheirOwnerOnly) {
    const Scratch scratch;
    const auto dir = scratch.dir() / "a/b";
    ASSERT_TRUE(make_private_dir(dir));
    ASSERT_TRUE(make_private_dir(dir));
    struct stat info {};
    ASSERT_EQ(::stat(dir.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST(Paths, SayWhyAFolderCanNotBe) {
    const Scratch scratch;
    spill(scratch.dir() / "file", "");
    EXPECT_EQ(make_private_dir(scratch.dir() / "file/doze").error().message,
              "Can't create the folder " + (scratch.dir() / "file/doze").string() + ": Not a directory.");
    EXPECT_EQ(make_private_dir(scratch.dir() / "file").error().message,
              "Can't create the folder " + (scratch.dir() / "file").string() + ": Not a directory.");
}

}  // namespace
}  // namespace doze::config
