#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/host.hpp"
#include "core/engine.hpp"
#include "fakes/fake_clock.hpp"

namespace doze::commands {

/// A program around the commands that does nothing but remember what it was told. It has seen that there is nothing.
class FakeHost : public Host {
   public:
    FakeHost() : state_(core::start({}, std::nullopt, clock.now())) {
        state_.inventory.keep_regions({Region("eu-west-1"), Region("us-east-1")});
        for (const auto& region : {Region("eu-west-1"), Region("us-east-1")}) {
            using namespace core;
            for (const auto& kind : kinds()) state_.inventory.put(kind.kind, region, std::vector<Item>(), clock.now());
            state_.inventory.put(Kind::ec2, region, std::vector<Ec2Instance>(), clock.now());
            state_.inventory.put(Kind::ecs, region, std::vector<EcsCluster>(), clock.now());
            state_.inventory.put(Kind::eks, region, std::vector<EksCluster>(), clock.now());
        }
    }

    /// As before anybody asked for a list.
    void forget_lists() {
        state_.inventory = {};
        state_.inventory.keep_regions({Region("eu-west-1"), Region("us-east-1")});
    }

    [[nodiscard]] core::SystemView view() const override { return core::SystemView(state_); }
    [[nodiscard]] core::Now now() const override { return clock.now(); }
    void post(core::Event event) override { posted.push_back(std::move(event)); }
    void request(const std::function<core::Event(core::RequestId)>& make, Done done) override {
        orders.push_back(make(orders.size() + 1));
        waiting.push_back(std::move(done));
    }

    std::shared_ptr<void> hold(std::string reason, Done done) override {
        request([&](core::RequestId id) { return core::HoldRequested{id, reason}; }, std::move(done));
        auto held = std::make_shared<std::string>(std::move(reason));
        holds.push_back(held);
        return held;
    }

    Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery& query) override {
        asked = query;
        const auto count = std::min(lines.size(), static_cast<std::size_t>(query.limit));
        return std::vector(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(count));
    }

    [[nodiscard]] const Counters& tally() const override { return counts; }

    void subscribe(std::weak_ptr<EventSink> listener) override { subscribed.push_back(std::move(listener)); }

    /// Changes what the commands see.
    core::State& change() {
        ++state_.revision;
        return state_;
    }

    /// Answers the request that came in last.
    void finish(const Result<core::RequestResult>& result) {
        const auto done = std::move(waiting.back());
        waiting.pop_back();
        done(result);
    }

    template <class Ordered>
    [[nodiscard]] const Ordered& last_order() const {
        return std::get<Ordered>(orders.back());
    }

    fakes::FakeClock clock;
    std::vector<core::Event> posted;
    std::vector<core::Event> orders;
    std::vector<Done> waiting;
    std::vector<std::weak_ptr<EventSink>> subscribed;
    std::vector<std::weak_ptr<std::string>> holds;
    std::vector<core::HistoryLine> lines;  ///< The history, newest first.
    core::HistoryQuery asked;
    Counters counts;

   private:
    core::State state_;
};

inline core::Ec2Instance instance(std::string_view region, std::string id, std::string name = "web") {
    return {.seen = {.id = core::ec2(Region(std::string(region)), InstanceId(std::move(id))),
                     .phase = core::Phase::awake,
                     .size = {.desired = 1},
                     .state = "running"},
            .name = std::move(name),
            .type = "t3.small",
            .public_ip = std::nullopt,
            .private_ip = "10.0.0.1"};
}

inline core::EcsService service(std::string_view region, const std::string& cluster, std::string name) {
    return {.seen = {.id = core::ecs(Region(std::string(region)), ClusterName(cluster), ServiceName(std::move(name))),
                     .phase = core::Phase::awake,
                     .size = {.desired = 3},
                     .state = "ACTIVE"},
            .status = "ACTIVE",
            .desired_count = 3,
            .running_count = 2,
            .pending_count = 1};
}

inline core::EcsCluster ecs_cluster(std::string_view region, std::string name, std::vector<core::EcsService> services) {
    const auto count = static_cast<int>(services.size());
    return {.region = Region(std::string(region)),
            .name = ClusterName(std::move(name)),
            .status = "ACTIVE",
            .running_tasks_count = 2,
            .pending_tasks_count = 1,
            .active_services_count = count,
            .services = std::move(services)};
}

inline core::EksNodegroup nodegroup(std::string_view region, const std::string& cluster, std::string name) {
    return {.seen = {.id = core::eks(Region(std::string(region)), ClusterName(cluster), NodegroupName(std::move(name))),
                     .phase = core::Phase::awake,
                     .size = {.desired = 2, .min = 1, .max = 4},
                     .state = "ACTIVE"},
            .status = "ACTIVE",
            .instance_type = "t3.medium"};
}

inline core::EksCluster eks_cluster(std::string_view region, std::string name, std::vector<core::EksNodegroup> groups) {
    return {
        .region = Region(std::string(region)),
        .name = ClusterName(std::move(name)),
        .status = "ACTIVE",
        .version = "1.29",
        .endpoint = std::nullopt,
        .created_at = core::WallTime(std::chrono::sys_days(std::chrono::year(2024) / 5 / 1) + std::chrono::minutes(83)),
        .nodegroups = std::move(groups)};
}

}  // namespace doze::commands
