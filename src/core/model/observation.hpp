#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/model/resource.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// What a resource does, whatever its kind.
enum class Phase {
    awake,           ///< Runs: EC2 running, ECS desired count above 0, EKS ACTIVE with desired above 0.
    falling_asleep,  ///< On its way down; nothing can be asked of it now (EC2 stopping).
    asleep,          ///< EC2 stopped, ECS desired count 0, EKS ACTIVE with desired 0.
    waking,          ///< On its way up; nothing can be asked of it now (EC2 pending).
    changing,        ///< Something else is under way (EKS UPDATING, CREATING); nothing can be asked of it now.
    gone,            ///< Terminated, deleted, or not to be found (see Observation::is_said_gone).
};

[[nodiscard]] std::string_view to_string(Phase phase);

/// Why a resource must never be put to sleep.
struct Guard {
    std::string why;      ///< A sentence for a person, such as "The tag env=production guards it."
    bool by_tag = false;  ///< Only a guard by tag may be overridden (`force: true` in services.yaml).

    bool operator==(const Guard&) const = default;
};

/// How busy a resource is.
struct Load {
    /// Percent of its CPU over the last minutes; none where AWS has no measurement.
    std::optional<double> cpu_percent = std::nullopt;
    std::string trouble = {};  ///< Why it could not be asked, if so.

    bool operator==(const Load&) const = default;
};

/// What a description asks for.
enum class Depth {
    usual,   ///< What a list shows too.
    guards,  ///< The same and the guards that take a call of their own (stop protection): before a registration.
    load,    ///< The same as usual and the load.
};

/// What a list shows of an item besides its name, state and region: a number, a text, or that there is none.
struct Detail {
    std::string_view name;  ///< Of static storage: "instance_class".
    std::variant<std::monostate, std::int64_t, std::string> value;

    bool operator==(const Detail&) const = default;
};

/// What a resource loses when it sleeps; usually nothing. A member is empty where that part is kept.
struct Losses {
    std::string instance_store = {};  ///< The instance type whose own disks are empty after each stop.
    std::string public_address = {};  ///< It has another one after each stop.

    [[nodiscard]] bool any() const { return !instance_store.empty() || !public_address.empty(); }
    [[nodiscard]] bool erases() const { return !instance_store.empty(); }

    bool operator==(const Losses&) const = default;
};

/// As sentences; empty where there are none.
[[nodiscard]] std::string to_string(const Losses& losses);

/// What one description of a resource, or a list, said of it.
struct Observation {
    ResourceId id;
    Phase phase = Phase::gone;

    /// The resource has fully reached `phase`. False while an ECS service at desired count 0 still has running tasks,
    /// or one at desired count 3 runs only 2.
    bool settled = true;

    Size size;

    /// ECS: how many of the desired tasks run now.
    std::optional<int> running = std::nullopt;

    /// AWS's own word, for people: "running", "ACTIVE". Empty where AWS does not know the resource.
    std::string state;

    std::optional<Guard> guard = std::nullopt;

    Losses losses = {};

    /// Why it stopped, in AWS's words, where AWS says so (EC2 StateReason).
    std::optional<std::string> reason = std::nullopt;

    /// In a state that only a person can end, at AWS (a database that failed): it can neither sleep nor wake.
    bool stuck = false;

    /// What a person can do about `reason`, or about a state that does not pass; mostly empty.
    std::string advice = {};

    /// When somebody last asked AWS for its present state, where AWS says so (EC2 StateTransitionReason).
    /// By this doze tells its own stop from somebody else's.
    std::optional<WallTime> changed_at = std::nullopt;

    /// Resources of one pool share capacity: if one can't start for lack of it, none can (EC2: instance type and zone).
    std::string pool = {};

    /// EC2: it was launched so that it can hibernate.
    bool can_hibernate = false;

    /// Only where it was asked for.
    std::optional<Load> load = std::nullopt;

    /// When AWS starts it again by itself, where it is asleep and AWS says so (RDS).
    std::optional<WallTime> restarts_at = std::nullopt;

    /// When it was made, where AWS says so and another one may be made under the same name.
    std::optional<WallTime> created_at = std::nullopt;

    /// Further columns of its list: the same ones in the same order for all of a kind. Empty where nobody asked.
    std::vector<Detail> details = {};

    /// The account that AWS answered for, which owns the resource. Empty where it is not known.
    AccountId account = {};

    /// AWS reports a final state ("terminated", "deleting"), and does not merely fail to find it, which may be an old
    /// or wrong answer.
    [[nodiscard]] bool is_said_gone() const { return phase == Phase::gone && !state.empty(); }

    bool operator==(const Observation&) const = default;
};

}  // namespace doze::core
