#include "base/paths.hpp"

#include <gtest/gtest.h>
#include <map>

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

TEST(Paths, PutTheControlSocketIntoTheStateDirectory) {
    EXPECT_EQ(control_socket("/s"), "/s/doze.sock");
}

}  // namespace
}  // namespace doze
