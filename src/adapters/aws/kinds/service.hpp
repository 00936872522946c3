#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <functional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"
#include "base/result.hpp"
#include "core/model/inventory.hpp"
#include "core/model/observation.hpp"
#include "core/model/resource.hpp"
#include "core/model/settings.hpp"
#include "ports/cloud.hpp"

/// The interface between a kind of resource and its AWS service. For a new kind see "Where to add" in ARCHITECTURE.md.
namespace doze::aws {

using Seen = std::function<void(const core::ResourceId&, Result<core::Observation>)>;
using CallReturned = ports::Cloud::Outcome;

/// Parameters of a description.
struct DescribeOptions {
    core::GuardSettings guards;
    core::Depth depth = core::Depth::usual;
};

/// An IAM permission that doze needs for something.
struct Permission {
    enum class Use {
        list,      ///< List everything of the kind, on all resources.
        describe,  ///< Describe the registered ones.
        sleep,     ///< Put one to sleep.
        wake,
        extra,  ///< Not needed, but without it doze knows less: see `what_for`.
    };
    std::string_view action;  ///< "ec2:StopInstances"
    Use use = Use::describe;

    /// The resource part of its ARN after "arn:PARTITION:SERVICE:REGION:ACCOUNT:", with {cluster} and {name}; empty if
    /// the action can't be restricted to resources (Service Authorization Reference).
    std::string_view resource = {};
    std::string_view what_for = {};  ///< For `extra`.

    /// A call that changes nothing and that AWS refuses without this permission: a small page, a description, a dry
    /// run. It concerns the given resources of the kind (at least one, all in one region), or the first of them. Null
    /// if only the action itself would tell.
    Call (*proof)(const std::vector<core::ResourceId>& some) = nullptr;
};

/// When a listing reached its bounds, so many of the names found are still described.
constexpr std::size_t described_of_endless = 200;

/// Where CloudWatch keeps a resource's CPUUtilization.
struct LoadMetric {
    std::string_view name_space;
    std::vector<std::pair<std::string, std::string>> dimensions;
};

/// Whether a permission's proof was allowed: AWS answers a dry run that would succeed with an error.
[[nodiscard]] inline bool is_allowed(const Result<std::string>& answer) {
    return answer || answer.error().aws_code == "DryRunOperation";
}

/// A kind. Its coroutines take resources of this kind in one region, and one client, which must outlive them.
struct Service {
    core::Kind kind;
    std::string_view name;  ///< The signing name of the service that has its resources.

    /// Lists everything of the kind; fails if any page or part can't be read.
    boost::asio::awaitable<Result<core::Listing>> (*list)(Client&, Region, core::GuardSettings);

    /// Answers each id exactly once, a missing one with Phase::gone.
    boost::asio::awaitable<void> (*describe)(Client&, Region, std::vector<core::ResourceId>, DescribeOptions, Seen);

    /// Answers each target exactly once, as soon as its own call returns.
    boost::asio::awaitable<void> (*sleep)(Client&, Region, std::vector<core::Target>, CallReturned);
    boost::asio::awaitable<void> (*wake)(Client&, Region, std::vector<core::Target>, CallReturned);

    /// Null if the kind has no such metric (KindInfo::loaded).
    LoadMetric (*load)(const core::ResourceId&) = nullptr;

    std::span<const Permission> permissions;
};

[[nodiscard]] const Service& service_of(core::Kind kind);

/// Splits into chunks of at most `size`, in order.
template <class T>
[[nodiscard]] std::vector<std::vector<T>> chunks(const std::vector<T>& all, std::size_t size) {
    std::vector<std::vector<T>> out;
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (i % size == 0) out.emplace_back();
        out.back().push_back(all[i]);
    }
    return out;
}

/// Splits resources of one kind into batches for one describe call each.
[[nodiscard]] inline std::vector<std::vector<core::ResourceId>> described_together(
    const std::vector<core::ResourceId>& ids) {
    if (ids.empty()) return {};
    return chunks(ids, core::info(ids.front().kind).described_at_once);
}

/// The observation of a missing resource.
[[nodiscard]] inline core::Observation absent(core::ResourceId id) {
    return {.id = std::move(id), .phase = core::Phase::gone};
}

/// Limits how much one listing may read, including nested lists: an endpoint other than AWS's may return pages for
/// ever.
class Bounds {
   public:
    static constexpr std::size_t most_pages = 1000;
    static constexpr std::size_t most_items = 1'000'000;

    /// Counts a page with so many items. The first page of a nested list does not count as a page.
    void count(std::size_t items, bool has_next) {
        items_ += items;
        if (has_next) ++pages_;
        over_ = over_ || (has_next && pages_ >= most_pages) || items_ >= most_items;
    }

    /// Whether the limit is reached.
    [[nodiscard]] bool are_over() const { return over_; }

    /// The error to report then.
    [[nodiscard]] Error error(std::string_view operation, const Region& region) const;

   private:
    std::size_t pages_ = 0;
    std::size_t items_ = 0;
    bool over_ = false;
};

/// The tokens of one paginated list. Detects a server that returns a token twice, which would loop for ever.
class PageTokens {
   public:
    explicit PageTokens(Bounds& bounds) : bounds_(bounds) {}

    /// Takes the newest page's token, empty on the last page, and its number of items. False if the token came before.
    /// At the limit the list ends as if this was the last page.
    [[nodiscard]] bool take(std::string token, std::size_t items) {
        bounds_.count(items, !token.empty());
        newest_ = bounds_.are_over() ? std::string() : std::move(token);
        return newest_.empty() || seen_.insert(newest_).second;
    }

    /// The token for the next page; empty before the first page and after the last.
    [[nodiscard]] const std::string& newest() const { return newest_; }

   private:
    Bounds& bounds_;
    std::string newest_;
    std::set<std::string> seen_;
};

}  // namespace doze::aws
