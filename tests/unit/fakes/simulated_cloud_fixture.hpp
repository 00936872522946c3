#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <vector>

#include "fakes/simulated_cloud.hpp"

namespace doze::fakes {

using namespace std::chrono_literals;
using core::Phase;

inline const Region region("us-east-1");
inline const auto instance = core::ec2(region, InstanceId("i-0abc1234"));
inline const auto service = core::ecs(region, ClusterName("web"), ServiceName("api"));
inline const auto nodegroup = core::eks(region, ClusterName("dev"), NodegroupName("workers"));
inline constexpr core::Size awake_group{.desired = 2, .min = 1, .max = 4};

/// Every span has one length, so that tests can say when things happen.
inline Pace steady() {
    return {
        .travel = {100ms, 100ms},
        .answer = {400ms, 400ms},
        .timeout = {10s, 10s},
        .aws = {.ec2_stop = {20s, 20s}, .ec2_start = {10s, 10s}, .ecs_tasks = {30s, 30s}, .eks_update = {60s, 60s}}};
}

/// What came back of one call for one resource.
struct Answer {
    bool accepted;
    Error error;
};

class SimulatedCloudTest : public testing::Test {
   protected:
    SimulatedCloudTest() { fill(cloud_); }

    static void fill(SimulatedCloud& cloud) {
        cloud.add(instance, {.desired = 1});
        cloud.add(service, {.desired = 3});
        cloud.add(nodegroup, awake_group);
    }

    void pass(core::Duration span) { cloud_.advance_to(clock_.boot() + span); }

    void sleep(const core::ResourceId& id) { cloud_.sleep({{.id = id}}, outcome()); }
    void wake(const core::ResourceId& id, const core::Size& size) {
        cloud_.wake({{.id = id, .size = size}}, outcome());
    }
    ports::Cloud::Outcome outcome() {
        return [this](const core::ResourceId&, const Result<void>& result) {
            outcomes_.push_back({.accepted = result.has_value(), .error = result ? Error{} : result.error()});
        };
    }

    /// Looks, lets a second pass, and yields what came back.
    core::Observation describe(const core::ResourceId& id) {
        std::optional<core::Observation> seen;
        cloud_.describe(
            {id}, core::Depth::usual,
            [&](const core::ResourceId&, const Result<core::Observation>& result) { seen = result.value(); });
        pass(1s);
        return seen.value();
    }

    Phase phase(const core::ResourceId& id) { return cloud_.truth(id).phase; }

    FakeClock clock_;
    SimulatedCloud cloud_{clock_, 1, steady()};
    std::vector<Answer> outcomes_;
};

}  // namespace doze::fakes
