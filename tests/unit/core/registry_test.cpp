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
    const auto asked = core::step(state, RegisterRequested{.request = 7, .registration = registration}, now);
    ASSERT_NE(find<Describe>(asked), nullptr);
    EXPECT_EQ(find<Describe>(asked)->depth, Depth::guards);
    const Observation seen{.id = registration.id, .phase = Phase::awake, .losses = {.public_address = "54.1.2.3"}};
    const auto looked = core::step(state, Described{.id = registration.id, .seen = seen}, now);
    ASSERT_NE(find<SaveRegistration>(looked), nullptr);
    const auto saved = core::step(state, Saved{.request = 7, .done = {}}, now);
    ASSERT_NE(find<Reply>(saved), nullptr);
    EXPECT_THAT(find<Reply>(saved)->result->message, testing::HasSubstr("54.1.2.3 will be another one"));
    ASSERT_NE(find<Describe>(saved), nullptr) << "what is new is described at once";
}

TEST(Naming, TakesTheOneThatANamedProfileReachesAndNoneOfTwo) {
    const Now now{TimePoint(std::chrono::hours(1)), WallTime(std::chrono::hours(1))};
    const auto of_profile = [](const char* profile) {
        auto id = ec2(Region("us-east-1"), InstanceId("i-1"));
        id.profile = ProfileName(profile);
        return Registration{.id = id};
    };
    const auto plain = of_profile("").id;
    for (const std::size_t count : {1U, 2U}) {
        auto state = core::start({}, std::nullopt, now);
        std::vector<Registration> registrations{of_profile("dev"), of_profile("prod")};
        registrations.resize(count, of_profile(""));
        (void)core::step(state, Configured{.settings = {}, .registrations = registrations}, now);
        const auto found = find_registered(state, plain);
        const auto ordered = find_requested(state, plain, now);
        if (count == 1) {
            ASSERT_NE(found, state.tracked.end());
            EXPECT_EQ(found->first.profile, ProfileName("dev"));
            EXPECT_TRUE(ordered);
        } else {
            EXPECT_EQ(found, state.tracked.end());
            ASSERT_FALSE(ordered);
            EXPECT_EQ(ordered.error().code, ErrorCode::bad_request);
        }
    }
}

}  // namespace
}  // namespace doze::core
