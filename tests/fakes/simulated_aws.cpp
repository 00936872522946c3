#include "fakes/simulated_aws.hpp"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace doze::fakes {

namespace {

using core::Kind;
using core::Phase;

Error not_found(const core::ResourceId& id) {
    constexpr const char* codes[] = {"InvalidInstanceID.NotFound", "ServiceNotFoundException",
                                     "ResourceNotFoundException",  "ValidationError",
                                     "DBInstanceNotFound",         "DBClusterNotFoundFault"};
    static_assert(std::size(codes) == core::kind_count);
    return {.code = ErrorCode::not_found,
            .message = "AWS does not know " + core::to_string(id) + ".",
            .aws_code = codes[static_cast<int>(id.kind)]};
}

/// A machine that runs or does not.
bool is_single(Kind kind) {
    return kind == Kind::ec2 || kind == Kind::rds || kind == Kind::rds_cluster;
}

/// Whether sleep and wake take two calls: one for the scaling, one for the size.
bool has_scaling(Kind kind, const core::Size& size) {
    return kind == Kind::asg || (kind == Kind::ecs && size.min);
}

Error in_transit(const core::ResourceId& id) {
    return {.code = ErrorCode::aws_error,
            .message = core::to_string(id) + " is in transit.",
            .recovery = Recovery::wait,
            .aws_code = is_single(id.kind) ? "IncorrectInstanceState" : "ResourceInUseException"};
}

Error invalid(const core::ResourceId& id, const core::Size& size) {
    return {.code = ErrorCode::bad_request,
            .message = core::to_string(id) + " can't have the size " + core::to_string(size) + ".",
            .aws_code = "InvalidParameterException"};
}

/// AWS's rule for UpdateNodegroupConfig: 0 <= minimum <= desired <= maximum, and maximum >= 1.
bool is_valid_nodegroup(const core::Size& size) {
    return size.min && size.max && 0 <= *size.min && *size.min <= size.desired && size.desired <= *size.max &&
           *size.max >= 1;
}

}  // namespace

void SimulatedAws::add(const core::ResourceId& id, const core::Size& size, std::string pool) {
    // Instance ids are never reused.
    const auto created_at = id.kind == Kind::ec2 ? std::nullopt : std::optional(core::WallTime());
    resources_[id] =
        Resource{.size = size, .running = size.desired, .pool = std::move(pool), .guard = {}, .created_at = created_at};
}

void SimulatedAws::set_guard(const core::ResourceId& id, std::optional<core::Guard> guard) {
    resources_.at(id).guard = std::move(guard);
}

void SimulatedAws::set_losses(const core::ResourceId& id, core::Losses losses) {
    resources_.at(id).losses = std::move(losses);
}

Result<SimulatedAws::Resource*> SimulatedAws::find(const core::ResourceId& id, core::TimePoint at) {
    const auto found = resources_.find(id);
    if (found == resources_.end() || found->second.gone) return not_found(id);
    settle(id.kind, found->second, at);
    return &found->second;
}

Result<void> SimulatedAws::stop(const core::ResourceId& id, core::Now at, bool fizzles, bool half) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    switch (id.kind) {
        case Kind::ec2:
        case Kind::rds:
        case Kind::rds_cluster:
            if (resource.size.desired == 0) return {};
            if (resource.moving_until) return in_transit(id);
            move(id, resource, {0}, at, fizzles);
            return {};
        case Kind::ecs:
        case Kind::asg: {
            auto asleep = resource.size;
            if (has_scaling(id.kind, asleep)) {
                asleep.suspended |= core::info(id.kind).suspends;
                if (id.kind == Kind::ecs) asleep.min = 0;
                resource.size = asleep;
                if (half) return {};
            }
            asleep.desired = 0;
            if (id.kind == Kind::asg) asleep.min = asleep.max = 0;
            move(id, resource, asleep, at, fizzles);
            return {};
        }
        case Kind::eks: return start(id, {.desired = 0, .min = 0}, at, fizzles);
    }
    return {};
}

Result<void> SimulatedAws::put_back(const core::ResourceId& id, const core::Size& bounds, core::Now at) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    if (id.kind == Kind::eks && resource.moving_until) return in_transit(id);
    auto whole = resource.size;
    if (bounds.min) whole.min = bounds.min;
    if (bounds.max) whole.max = bounds.max;
    // Resumes what the sleep suspended; what else is suspended stays so.
    if (id.kind == Kind::asg)
        whole.suspended &= static_cast<std::uint16_t>(~core::info(id.kind).suspends | bounds.suspended);
    else
        whole.suspended = bounds.suspended;
    return change(id, whole, at);
}

Result<void> SimulatedAws::change(const core::ResourceId& id, const core::Size& to, core::Now at) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    if (to.min && (to.desired < *to.min || to.desired > to.max.value_or(to.desired))) return invalid(id, to);
    const auto moving_until = resource.moving_until;
    const bool is_other_desired = resource.size.desired != to.desired;
    move(id, resource, to, at, false);
    if (!is_other_desired && id.kind != Kind::eks) resource.moving_until = moving_until;
    return {};
}

Result<void> SimulatedAws::start(const core::ResourceId& id, const core::Size& size, core::Now at, bool fizzles,
                                 bool half) {
    const auto found = find(id, at.boot);
    if (!found) return found.error();
    auto& resource = **found;
    switch (id.kind) {
        case Kind::ec2:
        case Kind::rds:
        case Kind::rds_cluster:
            if (resource.size.desired == 1) return {};
            if (resource.moving_until) return in_transit(id);
            move(id, resource, {1}, at, fizzles);
            return {};
        case Kind::ecs:
        case Kind::asg: {
            if (size.desired < 0) return invalid(id, size);
            auto whole = resource.size;
            whole.desired = size.desired;
            if (id.kind == Kind::asg) {
                whole.min = size.min;
                whole.max = size.max;
            }
            if (!half && has_scaling(id.kind, size)) whole = size;
            if (whole == resource.size && size.desired == resource.running) return {};
            move(id, resource, whole, at, fizzles);
            return {};
        }
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

void SimulatedAws::shut_down_from_inside(const core::ResourceId& id, core::Now at) {
    const auto found = find(id, at.boot);
    if (!found) return;
    move(id, **found, {0}, at, false);
    (*found)->changed_at.reset();
    (*found)->reason = "Client.InstanceInitiatedShutdown: Instance initiated shutdown";
}

void SimulatedAws::make_anew(const core::ResourceId& id, const core::Size& size, core::Now at) {
    auto& resource = resources_[id];
    resource =
        Resource{.size = size, .running = size.desired, .pool = resource.pool, .guard = {}, .created_at = at.wall};
}

void SimulatedAws::terminate(const core::ResourceId& id, core::Now at, bool outright) {
    const auto found = find(id, at.boot);
    if (!found) return;
    remember_before(id, **found, at.boot);
    (*found)->gone = true;
    (*found)->is_said_gone = outright;
}

void SimulatedAws::remember_before(const core::ResourceId& id, Resource& resource, core::TimePoint at) {
    resource.previous = observe(id, resource);
    if (pace_.stale_for <= core::Duration::zero()) return;
    if (!resource.before || at >= resource.before_until) resource.before = observe(id, resource);
    resource.before_until = std::max(resource.before_until, at + dice_.draw({core::Duration(0), pace_.stale_for}));
}

void SimulatedAws::move(const core::ResourceId& id, Resource& resource, const core::Size& to, core::Now at,
                        bool fizzles) {
    remember_before(id, resource, at.boot);
    resource.falls_back_to = fizzles ? std::optional(resource.size) : std::nullopt;
    resource.size = to;
    switch (id.kind) {
        case Kind::ec2:
        case Kind::rds:
        case Kind::rds_cluster:
            resource.restarts_at = to.desired == 0 && core::info(id.kind).restarts_after > core::Duration::zero()
                                       ? std::optional(at.boot + core::info(id.kind).restarts_after)
                                       : std::nullopt;
            resource.moving_until = at.boot + dice_.draw(to.desired == 0 ? pace_.ec2_stop : pace_.ec2_start);
            if (id.kind != Kind::ec2) break;
            // AWS reports it in whole seconds.
            resource.changed_at = std::chrono::floor<std::chrono::seconds>(at.wall);
            resource.reason =
                to.desired == 0 ? std::optional<std::string>("Client.UserInitiatedShutdown") : std::nullopt;
            break;
        case Kind::ecs:
        case Kind::asg: resource.moving_until = at.boot + dice_.draw(pace_.ecs_tasks); break;
        case Kind::eks: resource.moving_until = at.boot + dice_.draw(pace_.eks_update); break;
    }
}

void SimulatedAws::settle(Kind kind, Resource& resource, core::TimePoint at) {
    if (resource.restarts_at && at >= *resource.restarts_at) {
        resource.size.desired = 1;
        resource.moving_until = std::exchange(resource.restarts_at, std::nullopt);
    }
    if (!resource.moving_until || at < *resource.moving_until) return;
    resource.moving_until.reset();
    const auto fallback = std::exchange(resource.falls_back_to, std::nullopt);
    if (!fallback) {
        resource.running = resource.size.desired;
    } else if (kind != Kind::ecs && kind != Kind::asg) {
        const bool failed_start = kind == Kind::ec2 && fallback->desired == 0;
        resource.size = *fallback;
        if (failed_start) {
            // A start that AWS gives up has a reason of its own, without a time.
            resource.reason = "Server.InsufficientInstanceCapacity";
            resource.changed_at.reset();
        }
    }
}

core::Observation SimulatedAws::observe(const core::ResourceId& id, const Resource& resource) {
    core::Observation seen{.id = id,
                           .guard = resource.guard,
                           .losses = resource.losses,
                           .pool = resource.pool,
                           .created_at = resource.created_at};
    const bool moving = resource.moving_until.has_value();
    const bool up = resource.size.desired > 0;
    seen.settled = !moving;
    if (resource.gone) {
        constexpr const char* states[] = {"terminated",         "INACTIVE", "DELETING",
                                          "Delete in progress", "deleting", "deleting"};
        seen.phase = Phase::gone;
        if (resource.is_said_gone) seen.state = states[static_cast<int>(id.kind)];
        seen.guard.reset();
        seen.pool.clear();
        seen.settled = true;
        return seen;
    }
    switch (id.kind) {
        case Kind::ec2:
            seen.phase =
                up ? (moving ? Phase::waking : Phase::awake) : (moving ? Phase::falling_asleep : Phase::asleep);
            seen.state = up ? (moving ? "pending" : "running") : (moving ? "stopping" : "stopped");
            seen.size = {.desired = up && !moving ? 1 : 0};
            // AWS keeps the time and reason of the last stop, and drops both at a start.
            if (!up) {
                seen.reason = resource.reason;
                seen.changed_at = resource.changed_at;
            }
            break;
        case Kind::rds:
        case Kind::rds_cluster:
            seen.phase =
                up ? (moving ? Phase::waking : Phase::awake) : (moving ? Phase::falling_asleep : Phase::asleep);
            seen.state = up ? (moving ? "starting" : "available") : (moving ? "stopping" : "stopped");
            seen.size = {.desired = up && !moving ? 1 : 0};
            break;
        case Kind::ecs:
        case Kind::asg:
            seen.phase = up ? Phase::awake : Phase::asleep;
            seen.state = "ACTIVE";
            seen.size = resource.size;
            seen.running = resource.running;
            seen.settled = up ? resource.running >= resource.size.desired : resource.running == 0;
            break;
        case Kind::eks:
            seen.phase = moving ? Phase::changing : (up ? Phase::awake : Phase::asleep);
            seen.state = moving ? "UPDATING" : "ACTIVE";
            seen.size = resource.size;
            break;
    }
    seen.can_hibernate = resource.can_hibernate;
    if (resource.stuck) {
        seen.phase = Phase::changing;
        seen.state = "failed";
        seen.stuck = true;
        seen.advice = "Restore it from a backup.";
        seen.settled = false;
    }
    return seen;
}

core::Observation SimulatedAws::truth(const core::ResourceId& id, core::TimePoint at) {
    const auto found = resources_.find(id);
    if (found == resources_.end()) return {.id = id, .phase = Phase::gone};
    settle(id.kind, found->second, at);
    return observe(id, found->second);
}

core::Observation SimulatedAws::describe(const core::ResourceId& id, core::TimePoint at) {
    auto now = truth(id, at);
    const auto found = resources_.find(id);
    if (found == resources_.end() || !found->second.before || at >= found->second.before_until) return now;
    return *found->second.before;
}

core::Observation SimulatedAws::old_description(const core::ResourceId& id, core::TimePoint at) {
    const auto found = resources_.find(id);
    if (found == resources_.end() || !found->second.previous) return describe(id, at);
    return *found->second.previous;
}

core::Listing SimulatedAws::listing(Kind kind, const Region& region, core::TimePoint at) {
    std::vector<core::Ec2Instance> instances;
    std::vector<core::Item> items;
    std::map<ClusterName, core::EcsCluster> ecs;
    std::map<ClusterName, core::EksCluster> eks;
    for (const auto& [id, resource] : resources_) {
        if (id.kind != kind || id.region != region) continue;
        auto seen = describe(id, at);
        if (seen.phase == Phase::gone) continue;
        if (id.kind == Kind::ec2) {
            instances.push_back({.seen = std::move(seen), .name = id.name, .type = "t3.micro"});
        } else if (id.kind == Kind::ecs) {
            auto& cluster = ecs[id.cluster];
            cluster.region = region;
            cluster.name = id.cluster;
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
        } else if (id.kind == Kind::eks) {
            auto& cluster = eks[id.cluster];
            cluster.region = region;
            cluster.name = id.cluster;
            cluster.status = "ACTIVE";
            cluster.version = "1.30";
            auto status = seen.state;
            cluster.nodegroups.push_back(
                {.seen = std::move(seen), .status = std::move(status), .instance_type = "t3.medium"});
        } else {
            items.push_back({.seen = std::move(seen)});
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
        case Kind::asg:
        case Kind::rds:
        case Kind::rds_cluster: return items;
    }
    return instances;
}

}  // namespace doze::fakes
