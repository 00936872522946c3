#include "core/policy/guard.hpp"

#include <gtest/gtest.h>

namespace doze::core {
namespace {

std::optional<Guard> guard(const std::vector<Tag>& tags, const GuardSettings& settings = {}) {
    return guard_by_tags(tags, settings);
}

TEST(GuardByTags, GuardsNeverAndProductionByDefault) {
    for (const auto& tag : std::vector<Tag>{{"doze", "never"},
                                            {"Doze", "NEVER"},
                                            {"env", "prod"},
                                            {"env", "production"},
                                            {"ENV", "Prod-eu"},
                                            {"env", "live"},
                                            {"environment", "PRODUCTION"},
                                            {"Environment", "live"},
                                            {"stage", "prod"},
                                            {"stage", "Live"},
                                            {" env ", " prod "}})
        EXPECT_TRUE(guard({{"Name", "web"}, tag})) << tag.key << "=" << tag.value;
}

TEST(GuardByTags, LeavesEverythingElse) {
    for (const auto& tag : std::vector<Tag>{{"doze", "always"},
                                            {"doze", "nevermore"},
                                            {"env", "dev"},
                                            {"env", "preprod"},
                                            {"env", "non-production"},
                                            {"env", "lively"},
                                            {"env", "pro"},
                                            {"env", ""},
                                            {"", "prod"},
                                            {"my-env", "prod"},
                                            {"environment2", "prod"},
                                            {"Name", "prod"}})
        EXPECT_FALSE(guard({tag})) << tag.key << "=" << tag.value;
    EXPECT_FALSE(guard({}));
}

TEST(GuardByTags, NamesTheTagAndMayBeOverridden) {
    EXPECT_EQ(guard({{"team", "web"}, {"env", "Production"}}),
              (Guard{.why = "The tag env=Production guards it.", .by_tag = true}));
}

TEST(GuardByTags, TakesThePatternsOfTheSettings) {
    const GuardSettings settings{.production_tags = {"tier=gold*", "Team=Payments", "keep", "=x", ""}};
    EXPECT_TRUE(guard({{"Tier", "Golden"}}, settings));
    EXPECT_TRUE(guard({{"team", "payments"}}, settings));
    EXPECT_FALSE(guard({{"team", "payments-dev"}}, settings));
    EXPECT_TRUE(guard({{"keep", "anything"}}, settings)) << "a pattern without '=' matches any value";
    EXPECT_FALSE(guard({{"env", "production"}}, settings));
    EXPECT_FALSE(guard({{"", "x"}}, settings)) << "a pattern without a key matches nothing";
    EXPECT_TRUE(guard({{"doze", "never"}}, settings)) << "whatever the settings say";
}

TEST(GuardByTags, KeepsAForeignTagOnOneShortLineOfWholeCharacters) {
    const auto why = guard({{"env", "prod\n\x1b[31m" + std::string(300, 'x')}})->why;
    EXPECT_EQ(why.find('\n'), std::string::npos);
    EXPECT_EQ(why.find('\x1b'), std::string::npos);
    EXPECT_LT(why.size(), 120U);

    std::string korean = "prod";
    for (int i = 0; i < 40; ++i) korean += "\xEA\xB0\x80";
    EXPECT_EQ(guard({{"env", korean}})->why, "The tag env=" + korean.substr(0, 64) + "... guards it.");
    EXPECT_EQ(guard({{"env", "x" + korean}}), std::nullopt);
}

}  // namespace
}  // namespace doze::core
