// What a registration tells before anything sleeps.
#include "core/registry.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/engine.hpp"

namespace doze::core {
namespace {

template <class Wanted>
const Wanted* find(const std::vector<Effect>& effects) {
    for (const auto& effect : effects)
        if (const auto* found = std::get_if<Wanted>(&effect)) return found;
    return nullptr;
}

TEST(Registering, TellsWhatASleepLoses) {
    const Now now{TimePoint(std::chrono::hours(1)), WallTime(std::chrono::hours(1))};
    auto state = core::start({}, std::nullopt, now);
    (void)core::step(state, Configured{.settings = {}, .registrations = {}}, now);
    const Registration registration{.id = ec2(Region("us-east-1"), InstanceId("i-1"))};
    const auto asked = core::step(state, RegisterOrdered{.order = 7, .registration = registration}, now);
    ASSERT_NE(find<Look>(asked), nullptr);
    EXPECT_EQ(find<Look>(asked)->depth, Depth::guards);
    const Observation seen{.id = registration.id,
                           .phase = Phase::awake,
                           .caution = "Its public address 54.1.2.3 will be another one after each sleep."};
    const auto looked = core::step(state, Looked{.id = registration.id, .seen = seen}, now);
    ASSERT_NE(find<SaveRegistration>(looked), nullptr);
    const auto saved = core::step(state, Saved{.order = 7, .done = {}}, now);
    ASSERT_NE(find<Reply>(saved), nullptr);
    EXPECT_THAT(find<Reply>(saved)->result->message, testing::HasSubstr("54.1.2.3 will be another one"));
    ASSERT_NE(find<Look>(saved), nullptr) << "what is new is looked at at once";
}

}  // namespace
}  // namespace doze::core
