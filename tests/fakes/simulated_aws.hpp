#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "core/model/inventory.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/time.hpp"
#include "fakes/dice.hpp"

namespace doze::fakes {

/// How long changes take at AWS. Much shorter or longer times are as legal as these.
struct AwsPace {
    Range ec2_stop{std::chrono::seconds(5), std::chrono::seconds(60)};
    Range ec2_start{std::chrono::seconds(3), std::chrono::seconds(40)};
    Range ecs_tasks{std::chrono::seconds(2), std::chrono::seconds(90)};
    Range eks_update{std::chrono::seconds(10), std::chrono::seconds(180)};

    /// How long after a change a description may still show the old state (eventual consistency).
    core::Duration stale_for{0};
};

/// The AWS side: resources, and AWS's reaction to calls. No network, no callbacks, no clock; every call passes its
/// time, and the times for one resource must not go backwards.
///
/// As at AWS: an EC2 instance goes running -> stopping -> stopped -> pending -> running; starting it while stopping, or
/// stopping it while pending, is refused (IncorrectInstanceState, Recovery::wait); a repeated stop or start is accepted
/// and changes nothing. An ECS service accepts a desired count at any time, and its tasks follow. An EKS node group is
/// UPDATING for a while after a change, shows the new sizes, and refuses everything else meanwhile
/// (ResourceInUseException, Recovery::wait). An RDS instance or cluster is like an EC2 instance, but AWS starts it
/// again seven days after a stop. An Auto Scaling group, and an ECS service added with bounds (its scalable target),
/// take two calls to sleep and to wake.
class SimulatedAws {
   public:
    SimulatedAws(AwsPace pace, Dice& dice) : pace_(pace), dice_(dice) {}

    /// Adds a resource at rest. EC2: `size.desired` 1 runs, 0 is stopped. EKS: all three sizes.
    void add(const core::ResourceId& id, const core::Size& size, std::string pool);

    /// Shown by every description; AWS itself does not refuse calls because of a guard.
    void set_guard(const core::ResourceId& id, std::optional<core::Guard> guard);
    void set_losses(const core::ResourceId& id, core::Losses losses);
    void set_stuck(const core::ResourceId& id, bool is_stuck) { resources_.at(id).stuck = is_stuck; }
    void set_can_hibernate(const core::ResourceId& id) { resources_.at(id).can_hibernate = true; }

    /// Asks for sleep: StopInstances, desired count 0, minimum and desired 0. `fizzles`: accepted, but without
    /// effect: the instance or node group is afterwards as before; the service keeps its new desired count, but its
    /// tasks do not follow until the next call. `half`: only the first of the two calls of a resource with scaling of
    /// its own.
    Result<void> stop(const core::ResourceId& id, core::Now at, bool fizzles = false, bool half = false);

    /// Asks for this size: StartInstances (any size), desired count, all of the EKS sizes that are given.
    Result<void> start(const core::ResourceId& id, const core::Size& size, core::Now at, bool fizzles = false,
                       bool half = false);

    /// Sets the given bounds and what is suspended, and leaves the desired size: RegisterScalableTarget,
    /// UpdateAutoScalingGroup and ResumeProcesses, UpdateNodegroupConfig.
    Result<void> put_back(const core::ResourceId& id, const core::Size& bounds, core::Now at);

    /// Sets exactly these bounds, sizes and suspensions, as somebody else might.
    Result<void> change(const core::ResourceId& id, const core::Size& to, core::Now at);

    /// EC2: stops, without a time of the stop.
    void shut_down_from_inside(const core::ResourceId& id, core::Now at);

    /// Deletes it at once. `outright`: AWS says that it was deleted; else AWS does not know it any more.
    void terminate(const core::ResourceId& id, core::Now at, bool outright);

    /// Replaces it by another one of the same name.
    void make_anew(const core::ResourceId& id, const core::Size& size, core::Now at);

    /// The true state. Phase::gone if it does not exist.
    [[nodiscard]] core::Observation truth(const core::ResourceId& id, core::TimePoint at);

    /// What a description shows, which may be an old state.
    [[nodiscard]] core::Observation describe(const core::ResourceId& id, core::TimePoint at);
    [[nodiscard]] core::Observation old_description(const core::ResourceId& id,
                                                    core::TimePoint at);  ///< Before its last change.
    [[nodiscard]] core::Listing listing(core::Kind kind, const Region& region, core::TimePoint at);

   private:
    struct Resource {
        core::Size size;
        int running = 0;  ///< ECS tasks.
        std::string pool;
        std::optional<core::Guard> guard;
        core::Losses losses = {};
        bool gone = false;
        bool stuck = false;
        bool can_hibernate = false;
        bool is_said_gone = true;
        std::optional<core::WallTime> created_at;

        std::optional<core::TimePoint> moving_until;
        std::optional<core::Size> falls_back_to;  ///< The present move fizzles.

        std::optional<core::TimePoint> restarts_at;  ///< AWS starts it then.

        std::optional<core::WallTime> changed_at;
        std::optional<std::string> reason;

        std::optional<core::Observation> previous;  ///< As it was before the last change.
        std::optional<core::Observation> before;    ///< What looks still show,
        core::TimePoint before_until;               ///< until then.
    };

    [[nodiscard]] Result<Resource*> find(const core::ResourceId& id, core::TimePoint at);
    static void settle(core::Kind kind, Resource& resource, core::TimePoint at);
    void remember_before(const core::ResourceId& id, Resource& resource, core::TimePoint at);
    void move(const core::ResourceId& id, Resource& resource, const core::Size& to, core::Now at, bool fizzles);

    AwsPace pace_;
    Dice& dice_;
    std::map<core::ResourceId, Resource> resources_;

    [[nodiscard]] static core::Observation observe(const core::ResourceId& id, const Resource& resource);
};

}  // namespace doze::fakes
