#include "base/paths.hpp"

#include <fstream>
#include <gtest/gtest.h>
#include <map>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fakes/temp_dir.hpp"

namespace doze {
namespace {

Environment variables(std::map<std::string, std::string> values) {
    return [values = std::move(values)](const char* name) -> std::optional<std::string> {
        const auto found = values.find(name);
        if (found == values.end()) return std::nullopt;
        return found->second;
    };
}

TEST(Paths, PreferTheOptionThenTheirOwnVariableThenXdgThenHome) {
    std::map<std::string, std::string> set = {
        {"DOZE_STATE_DIR", "/own"}, {"XDG_STATE_HOME", "/xdg"}, {"HOME", "/home/a"}};
    EXPECT_EQ(state_dir("/option", variables(set)).value(), "/option");
    EXPECT_EQ(state_dir({}, variables(set)).value(), "/own");
    set.erase("DOZE_STATE_DIR");
    EXPECT_EQ(state_dir({}, variables(set)).value(), "/xdg/doze");
    set.erase("XDG_STATE_HOME");
    EXPECT_EQ(state_dir({}, variables(set)).value(), "/home/a/.local/state/doze");
    EXPECT_EQ(config_dir({}, variables(set)).value(), "/home/a/.config/doze");
}

TEST(Paths, IgnoreEmptyVariablesAndARelativeXdgDirectory) {
    const auto environment = variables({{"DOZE_CONFIG_DIR", ""}, {"XDG_CONFIG_HOME", "relative"}, {"HOME", "/home/a"}});
    EXPECT_EQ(config_dir({}, environment).value(), "/home/a/.config/doze");
}

TEST(Paths, MakeARelativeOptionAbsolute) {
    const auto path = config_dir("here", variables({})).value();
    EXPECT_TRUE(path.is_absolute());
    EXPECT_EQ(path.filename(), "here");
}

TEST(Paths, AskTheUserDatabaseWhereHomeIsUnset) {
    EXPECT_TRUE(state_dir({}, variables({})).has_value());
}

TEST(Paths, ExpandATildeAsPythonDoes) {
    const auto environment = variables({{"HOME", "/home/a/"}});
    EXPECT_EQ(expand_user("~", environment), "/home/a");
    EXPECT_EQ(expand_user("~/b~/c", environment), "/home/a/b~/c");
    EXPECT_EQ(expand_user("/b/~", environment), "/b/~");
    EXPECT_EQ(expand_user("b", environment), "b");
    EXPECT_EQ(expand_user("", environment), "");
    EXPECT_EQ(expand_user("~/b", variables({{"HOME", "/"}})), "/b");
    EXPECT_EQ(expand_user("~nobody-of-this-name/b", environment), "~nobody-of-this-name/b");
    const passwd* root = ::getpwnam("root");
    ASSERT_NE(root, nullptr);
    EXPECT_EQ(expand_user("~root/b", environment), std::string(root->pw_dir) + "/b");
    const passwd* person = ::getpwuid(::getuid());
    ASSERT_NE(person, nullptr);
    EXPECT_EQ(expand_user("~/b", variables({})), std::string(person->pw_dir) + "/b");
}

TEST(Paths, PutTheControlSocketIntoTheStateDirectory) {
    EXPECT_EQ(control_socket("/s"), "/s/doze.sock");
}

TEST(Paths, CreateFoldersForTheirOwnerOnly) {
    const fakes::TempDir scratch;
    const auto dir = scratch.path() / "a/b";
    ASSERT_TRUE(make_private_dir(dir));
    ASSERT_TRUE(make_private_dir(dir));
    struct stat info {};
    ASSERT_EQ(::stat(dir.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
}

TEST(Paths, SayWhyAFolderCanNotBe) {
    const fakes::TempDir scratch;
    std::ofstream(scratch.path() / "file") << "";
    for (const char* taken : {"file/doze", "file"})
        EXPECT_EQ(make_private_dir(scratch.path() / taken).error().message,
                  "Can't create the folder " + (scratch.path() / taken).string() + ": Not a directory.");
}

}  // namespace
}  // namespace doze
