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

/// A resource that could be registered.
struct Candidate {
    core::Observation seen;
    std::string name = {};  ///< EC2: the tag Name.
    bool registered = false;

    [[nodiscard]] bool selectable() const { return !registered && !seen.guard; }
};

/// What is there, without what is gone, in the order of region, kind and name.
void add_candidates(const core::Listing& listing, std::vector<Candidate>& candidates);
void sort_candidates(std::vector<Candidate>& candidates);

/// A numbered table of them for people.
[[nodiscard]] std::string candidates_text(const std::vector<Candidate>& candidates, bool color);

/// What `doze init` asks AWS, with the credentials of one profile, one question after the other. Each call blocks until
/// all is answered or a minute is over.
class Aws {
   public:
    /// `profile`: of ~/.aws; empty leaves the choice to the environment.
    static Result<std::unique_ptr<Aws>> open(const std::string& profile, const cli::Console& console);

    /// The region of the environment or the profile.
    [[nodiscard]] Result<std::optional<aws::FoundRegion>> default_region();

    [[nodiscard]] Result<access::Identified> identify(const Region& region);

    /// Those that are enabled for the account.
    [[nodiscard]] Result<std::vector<Region>> list_regions(const Region& region);

    /// All resources in these regions. `troubles` gets a sentence for each list that could not be read.
    [[nodiscard]] std::vector<Candidate> list(const std::vector<Region>& regions, const core::GuardSettings& guards,
                                              std::vector<std::string>& troubles);

    /// Whether AWS allows what doze does with them, and what would happen to each. `guarded` gets those that turn out
    /// to be guarded.
    [[nodiscard]] doctor::Findings try_out(const std::vector<core::ResourceId>& ids, const std::string& account,
                                           const std::string& arn, std::vector<core::ResourceId>& guarded);

   private:
    explicit Aws(const cli::Console& console) : runtime_(console) {}

    template <class T>
    Result<T> wait(boost::asio::awaitable<Result<T>> question, std::string_view what);

    offline::Runtime runtime_;
};

}  // namespace doze::init
