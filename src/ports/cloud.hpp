#pragma once

#include <functional>
#include <vector>

#include "base/result.hpp"
#include "core/effect.hpp"
#include "core/model/inventory.hpp"

namespace doze::ports {

/// The cloud as the actions need it. Every call returns at once; each callback comes later, on the
/// loop's thread, exactly once per resource, as soon as its answer is known: one slow or refused
/// resource holds up no other. Calls are grouped as the API allows; a batch that is refused is halved
/// until the bad resource stands alone. Not for decisions: what to call, and when again, is the core's.
class Cloud {
   public:
    virtual ~Cloud() = default;

    /// Of what doze's own credentials reach, not those of a named profile; with whose account that is.
    using Listed = std::function<void(Result<core::Listing>, const AccountId&)>;
    virtual void list(core::Kind kind, const Region& region, Listed done) = 0;

    /// A resource that is not there is an observation with Phase::gone, not an error. All that one description says of
    /// one profile is of one account.
    virtual void describe(std::vector<core::ResourceId> ids, core::Depth depth,
                          std::function<void(const core::ResourceId&, Result<core::Observation>)> each) = 0;

    /// Nothing is called with credentials that are not known to be of the target's account (`other_account`).
    using Outcome = std::function<void(const core::ResourceId&, Result<void>)>;
    virtual void sleep(std::vector<core::Target> targets, Outcome each) = 0;
    virtual void wake(std::vector<core::Target> targets, Outcome each) = 0;

    /// How far AWS's clock is ahead of this machine's, as its answers tell; none before the first.
    [[nodiscard]] virtual core::Duration aws_ahead(core::Now) const { return {}; }

    /// Tags that guard, from the settings. Lists and descriptions apply them.
    virtual void set_guards(const core::GuardSettings& guards) = 0;
};

}  // namespace doze::ports
