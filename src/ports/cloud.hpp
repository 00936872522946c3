#pragma once

#include <functional>
#include <vector>

#include "base/result.hpp"
#include "core/effect.hpp"
#include "core/model/inventory.hpp"

namespace doze::ports {

/// The cloud as the executor needs it. Every call returns at once. Each callback is called later, on the loop's thread,
/// exactly once per resource, as soon as its answer is known: one slow or refused resource holds up no other. Calls are
/// batched as the API allows; a refused batch is halved until the bad resource stands alone. What to call, and when to
/// retry, is decided by the core.
class Cloud {
   public:
    virtual ~Cloud() = default;

    /// Lists with doze's own credentials, not those of a named profile; the callback also gets their account.
    using Listed = std::function<void(Result<core::Listing>, const AccountId&)>;
    virtual void list(core::Kind kind, const Region& region, Listed done) = 0;

    /// A resource that does not exist is an observation with Phase::gone, not an error. All observations of one
    /// describe call and profile belong to one account.
    virtual void describe(std::vector<core::ResourceId> ids, core::Depth depth,
                          std::function<void(const core::ResourceId&, Result<core::Observation>)> each) = 0;

    /// Fails with `other_account` rather than call AWS with credentials not known to belong to the target's account.
    using Outcome = std::function<void(const core::ResourceId&, Result<void>)>;
    virtual void sleep(std::vector<core::Target> targets, Outcome each) = 0;
    virtual void wake(std::vector<core::Target> targets, Outcome each) = 0;

    /// How far AWS's clock is ahead of this machine's, according to its answers; 0 before the first answer.
    [[nodiscard]] virtual core::Duration aws_ahead(core::Now) const { return {}; }

    /// Sets the guard tags from the settings, which list() and describe() apply.
    virtual void set_guards(const core::GuardSettings& guards) = 0;
};

}  // namespace doze::ports
