#pragma once

#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/observation.hpp"
#include "core/resource.hpp"
#include "ports/cloud.hpp"

/// What the services have in common. Each of ec2, ecs and eks has these coroutines, all for resources of its kind in
/// one region; the client must outlive them:
///
///     survey  everything of the kind; any page or part that can't be read fails the whole
///     look    each id is answered exactly once, a missing one with Phase::gone
///     sleep   each target is answered exactly once, as soon as its own call came back
///     wake    the same
namespace doze::cloud::aws {

using Seen = std::function<void(const core::ResourceId&, Result<core::Observation>)>;
using Acted = ports::Cloud::Outcome;

/// Splits into runs of at most `size`, in order.
template <class T>
[[nodiscard]] std::vector<std::vector<T>> chunks(const std::vector<T>& all, std::size_t size) {
    std::vector<std::vector<T>> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % size == 0) out.emplace_back();
        out.back().push_back(all[i]);
    }
    return out;
}

/// What a look reports of a resource that is not there.
[[nodiscard]] inline core::Observation absent(core::ResourceId id) {
    return {.id = std::move(id), .phase = core::Phase::gone};
}

/// The tokens of one paginated list. A server that hands out one of them twice would be asked for ever.
class PageTokens {
   public:
    /// Takes the token of the newest page, empty for the last page. False if it came before.
    [[nodiscard]] bool take(std::string token) {
        newest_ = std::move(token);
        return newest_.empty() || seen_.insert(newest_).second;
    }

    /// What to send for the next page; empty before the first page and after the last.
    [[nodiscard]] const std::string& newest() const { return newest_; }

   private:
    std::string newest_;
    std::set<std::string> seen_;
};

}  // namespace doze::cloud::aws
