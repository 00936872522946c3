#include "fakes/simulated_aws.hpp"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace doze::fakes {

namespace {

using core::Kind;
using core::Phase;

Error not_found(const core::ResourceId& id) {
    constexpr const char* codes[] = {"InvalidInstanceID.NotFound", "ServiceNotFoundException",
                                     "ResourceNotFoundException"};
    return {.code = ErrorCode::not_found,
            .message = "AWS does not know " + core::to_string(id) + ".",
            .aws_code = codes[static_cast<int>(id.kind())]};
}

Error in_transit(const core::ResourceId& id) {
    return {.code = ErrorCode::aws_error,
            .message = core::to_string(id) + " is in transit.",
            .recovery = Recovery::wait,
            .aws_code = id.kind() == Kind::ec2 ? "IncorrectInstanceState" : "ResourceInUseException"};
}

Error invalid(const core::ResourceId& id, const core::Size& size) {
    return {.code = ErrorCode::bad_request,
            .message = core::to_string(id) + " can't have the size " + core::to_string(size) + ".",
            .aws_code = "InvalidParameterException"};
}

/// The server rule of UpdateNodegroupConfig: 0 <= minimum <= desired <= maximum, and maximum >= 1.
bool is_valid_nodegroup(const core::Size& size) {
    return size.min && size.max && 0 <= *size.min && *size.min <= size.desired && size.desired <= *size.max &&
           *size.max >= 1;
}

}  // namespace

void SimulatedAws::add(const core::ResourceId& id, const core::Size& size, std::string pool) {
    resources_[id] = Resource{.size = size, .running = size.desired, .pool = std::move(pool)};
}

void SimulatedAws::set_guard(const core::ResourceId& id, std::optional<core::Guard> guard) {
    resources_.at(id).guard = std::move(guard);
}

Result<SimulatedAws::Resource*> SimulatedAws::find(const core::ResourceId& id, core::TimePoint at) {
    const auto found = resources_.find(id);
    if (found == resources_.end() || found->second.gone) return not_found(id);
    settle(id.kind(), found->second, at);
    return &found->second;
}

Result<void> SimulatedAws::stop(const core::ResourceId& id, core::Now at, bool fizzles) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    switch (id.kind()) {
        case Kind::ec2:
            if (resource.size.desired == 0) return {};
            if (resource.moving_until) return in_transit(id);
            move(id, resource, {0}, at, fizzles);
            return {};
        case Kind::ecs: return start(id, {0}, at, fizzles);
        case Kind::eks: return start(id, {.desired = 0, .min = 0}, at, fizzles);
    }
    return {};
}

Result<void> SimulatedAws::start(const core::ResourceId& id, const core::Size& size, core::Now at, bool fizzles) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    switch (id.kind()) {
        case Kind::ec2:
            if (resource.size.desired == 1) return {};
            if (resource.moving_until) return in_transit(id);
            move(id, resource, {1}, at, fizzles);
            return {};
        case Kind::ecs:
            if (size.desired < 0) return invalid(id, size);
            if (size.desired == resource.size.desired && size.desired == resource.running) return {};
            move(id, resource, {size.desired}, at, fizzles);
            return {};
        case Kind::eks: {
            if (resource.moving_until) return in_transit(id);
            const core::Size whole{size.desired, size.min ? size.min : resource.size.min,
                                   size.max ? size.max : resource.size.max};
            if (!is_valid_nodegroup(whole)) return invalid(id, whole);
            move(id, resource, whole, at, fizzles);
            return {};
        }
    }
    return {};
}

void SimulatedAws::terminate(const core::ResourceId& id, core::Now at) {
    const auto found = find(id, at.boot);
    if (!found) return;
    remember_before(id, **found, at.boot);
    (*found)->gone = true;
}

void SimulatedAws::remember_before(const core::ResourceId& id, Resource& resource, core::TimePoint at) {
    if (pace_.stale_for <= core::Duration::zero()) return;
    if (!resource.before || at >= resource.before_until) resource.before = observe(id, resource);
    resource.before_until = std::max(resource.before_until, at + dice_.draw({core::Duration(0), pace_.stale_for}));
}

void SimulatedAws::move(const core::ResourceId& id, Resource& resource, const core::Size& to, core::Now at,
                        bool fizzles) {
    remember_before(id, resource, at.boot);
    resource.falls_back_to = fizzles ? std::optional(resource.size) : std::nullopt;
    resource.size = to;
    switch (id.kind()) {
        case Kind::ec2:
            resource.moving_until = at.boot + dice_.draw(to.desired == 0 ? pace_.ec2_stop : pace_.ec2_start);
            // AWS tells it in whole seconds.
            resource.changed_at = std::chrono::floor<std::chrono::seconds>(at.wall);
            resource.reason =
                to.desired == 0 ? std::optional<std::string>("Client.UserInitiatedShutdown") : std::nullopt;
            break;
        case Kind::ecs: resource.moving_until = at.boot + dice_.draw(pace_.ecs_tasks); break;
        case Kind::eks: resource.moving_until = at.boot + dice_.draw(pace_.eks_update); break;
    }
}

void SimulatedAws::settle(Kind kind, Resource& resource, core::TimePoint at) {
    if (!resource.moving_until || at < *resource.moving_until) return;
    resource.moving_until.reset();
    const auto fallback = std::exchange(resource.falls_back_to, std::nullopt);
    if (!fallback) {
        resource.running = resource.size.desired;
    } else if (kind != Kind::ecs) {
        const bool failed_start = kind == Kind::ec2 && fallback->desired == 0;
        resource.size = *fallback;
        if (failed_start) {
            // A start that AWS gives up has a reason of its own, and no time in it.
            resource.reason = "Server.InsufficientInstanceCapacity";
            resource.changed_at.reset();
        }
    }
}

core::Observation SimulatedAws::observe(const core::ResourceId& id, const Resource& resource) {
    core::Observation seen{.id = id, .guard = resource.guard, .pool = resource.pool};
    const bool moving = resource.moving_until.has_value();
    const bool up = resource.size.desired > 0;
    seen.settled = !moving;
    if (resource.gone) {
        constexpr const char* states[] = {"terminated", "INACTIVE", ""};
        seen.phase = Phase::gone;
        seen.state = states[static_cast<int>(id.kind())];
        seen.guard.reset();
        seen.pool.clear();
        seen.settled = true;
        return seen;
    }
    switch (id.kind()) {
        case Kind::ec2:
            seen.phase =
                up ? (moving ? Phase::waking : Phase::awake) : (moving ? Phase::falling_asleep : Phase::asleep);
            seen.state = up ? (moving ? "pending" : "running") : (moving ? "stopping" : "stopped");
            seen.size = {.desired = up && !moving ? 1 : 0};
            // AWS keeps the time and reason of the last stop, and forgets both at a start.
            if (!up) {
                seen.reason = resource.reason;
                seen.changed_at = resource.changed_at;
            }
            break;
        case Kind::ecs:
            seen.phase = up ? Phase::awake : Phase::asleep;
            seen.state = "ACTIVE";
            seen.size = {.desired = resource.size.desired};
            seen.running = resource.running;
            seen.settled = up ? resource.running >= resource.size.desired : resource.running == 0;
            break;
        case Kind::eks:
            seen.phase = moving ? Phase::changing : (up ? Phase::awake : Phase::asleep);
            seen.state = moving ? "UPDATING" : "ACTIVE";
            seen.size = resource.size;
            break;
    }
    return seen;
}

core::Observation SimulatedAws::truth(const core::ResourceId& id, core::TimePoint at) {
    const auto found = resources_.find(id);
    if (found == resources_.end()) return {.id = id, .phase = Phase::gone};
    settle(id.kind(), found->second, at);
    return observe(id, found->second);
}

core::Observation SimulatedAws::look(const core::ResourceId& id, core::TimePoint at) {
    auto now = truth(id, at);
    const auto found = resources_.find(id);
    if (found == resources_.end() || !found->second.before || at >= found->second.before_until) return now;
    return *found->second.before;
}

core::Survey SimulatedAws::survey(Kind kind, const Region& region, core::TimePoint at) {
    std::vector<core::Ec2Instance> instances;
    std::map<ClusterName, core::EcsCluster> ecs;
    std::map<ClusterName, core::EksCluster> eks;
    for (const auto& [id, resource] : resources_) {
        if (id.kind() != kind || id.region != region) continue;
        auto seen = look(id, at);
        if (seen.phase == Phase::gone) continue;
        if (const auto* instance = std::get_if<core::Ec2Name>(&id.name)) {
            instances.push_back({.seen = std::move(seen), .name = instance->instance.str(), .type = "t3.micro"});
        } else if (const auto* service = std::get_if<core::EcsName>(&id.name)) {
            auto& cluster = ecs[service->cluster];
            cluster.region = region;
            cluster.name = service->cluster;
            cluster.status = "ACTIVE";
            const int desired = seen.size.desired;
            const int running = seen.running.value_or(desired);
            cluster.running_tasks_count += running;
            cluster.pending_tasks_count += std::max(desired - running, 0);
            ++cluster.active_services_count;
            cluster.services.push_back({.seen = std::move(seen),
                                        .status = "ACTIVE",
                                        .desired_count = desired,
                                        .running_count = running,
                                        .pending_count = std::max(desired - running, 0)});
        } else if (const auto* nodegroup = std::get_if<core::EksName>(&id.name)) {
            auto& cluster = eks[nodegroup->cluster];
            cluster.region = region;
            cluster.name = nodegroup->cluster;
            cluster.status = "ACTIVE";
            cluster.version = "1.30";
            auto status = seen.state;
            cluster.nodegroups.push_back(
                {.seen = std::move(seen), .status = std::move(status), .instance_type = "t3.medium"});
        }
    }
    const auto values = [](auto& by_name) {
        std::vector<typename std::decay_t<decltype(by_name)>::mapped_type> all;
        all.reserve(by_name.size());
        for (auto& [name, cluster] : by_name) all.push_back(std::move(cluster));
        return all;
    };
    switch (kind) {
        case Kind::ec2: return instances;
        case Kind::ecs: return values(ecs);
        case Kind::eks: return values(eks);
    }
    return instances;
}

}  // namespace doze::fakes
