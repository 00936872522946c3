#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/offline/doctor/finding.hpp"
#include "app/offline/runtime.hpp"
#include "cli/console.hpp"
#include "core/model/inventory.hpp"
#include "core/model/observation.hpp"
#include "core/model/settings.hpp"

namespace doze::init {

/// A resource that can be registered.
struct Candidate {
    core::Observation seen;
    std::string name = {};  ///< EC2: the tag Name.
    bool registered = false;

    [[nodiscard]] bool selectable() const { return !registered && !seen.guard; }
};

/// Adds the resources of a listing that are not gone; sort_candidates() orders them by region, kind and name.
void add_candidates(const core::Listing& listing, std::vector<Candidate>& candidates);
void sort_candidates(std::vector<Candidate>& candidates);

/// A numbered table for people.
[[nodiscard]] std::string candidates_text(const std::vector<Candidate>& candidates, bool color);

/// Asks AWS for `doze init`, with one profile's credentials, one request after another. Each call blocks until all
/// answers are there or a minute is over.
class Aws {
   public:
    /// `profile`: of ~/.aws; empty leaves the choice to the environment.
    static Result<std::unique_ptr<Aws>> open(const std::string& profile, const cli::Console& console);

    /// The region of the environment or the profile.
    [[nodiscard]] Result<std::optional<aws::FoundRegion>> default_region();

    [[nodiscard]] Result<access::Identified> identify(const Region& region);

    /// The regions enabled for the account.
    [[nodiscard]] Result<std::vector<Region>> list_regions(const Region& region);

    /// All resources in these regions. Adds a sentence to `troubles` for each list that could not be read.
    [[nodiscard]] std::vector<Candidate> list(const std::vector<Region>& regions, const core::GuardSettings& guards,
                                              std::vector<std::string>& troubles);

    /// Checks whether AWS allows what doze does with them, and what would happen to each. Adds those that turn out to
    /// be guarded to `guarded`.
    [[nodiscard]] doctor::Findings try_out(const std::vector<core::ResourceId>& ids, const std::string& account,
                                           const std::string& arn, std::vector<core::ResourceId>& guarded);

   private:
    explicit Aws(const cli::Console& console) : runtime_(console) {}

    template <class T>
    Result<T> wait(boost::asio::awaitable<Result<T>> question, std::string_view what);

    offline::Runtime runtime_;
};

}  // namespace doze::init
