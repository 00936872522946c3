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

/// What a kind of resource is to AWS. ARCHITECTURE.md ("Where to add") says what a new kind is.
namespace doze::aws {

using Seen = std::function<void(const core::ResourceId&, Result<core::Observation>)>;
using CallReturned = ports::Cloud::Outcome;

/// What a description goes by.
struct DescribeOptions {
    core::GuardSettings guards;
    core::Depth depth = core::Depth::usual;
};

/// What an IAM policy must allow for something that doze does.
struct Permission {
    enum class Use {
        list,      ///< Lists: everything of the kind, on all resources.
        describe,  ///< The registered ones.
        sleep,     ///< To put one to sleep.
        wake,
        extra,  ///< Without it doze does the same, but knows less: `what_for` says what.
    };
    std::string_view action;  ///< "ec2:StopInstances"
    Use use = Use::describe;

    /// The resource part of its ARN behind "arn:PARTITION:SERVICE:REGION:ACCOUNT:", with {cluster} and {name}; empty
    /// where the action can't be narrowed to resources (Service Authorization Reference).
    std::string_view resource = {};
    std::string_view what_for = {};  ///< For `extra`.

    /// A call that changes nothing, and that AWS refuses to whoever lacks this permission: a small page, a description,
    /// a dry run. About resources of the kind (at least one, all in one region), or the first of them. Null where only
    /// doing it tells.
    Call (*proof)(const std::vector<core::ResourceId>& some) = nullptr;
};

/// So much is still described of what a list named that had no end.
constexpr std::size_t described_of_endless = 200;

/// Where CloudWatch keeps the CPUUtilization of a resource.
struct LoadMetric {
    std::string_view name_space;
    std::vector<std::pair<std::string, std::string>> dimensions;
};

/// Whether AWS allowed what a proof asked for: a dry run that would have succeeded is answered with an error.
[[nodiscard]] inline bool is_allowed(const Result<std::string>& answer) {
    return answer || answer.error().aws_code == "DryRunOperation";
}

/// One kind. The coroutines are for resources of this kind in one region, and of one client, which must outlive them.
struct Service {
    core::Kind kind;
    std::string_view name;  ///< The signing name of the service that has its resources.

    /// Everything of the kind; any page or part that can't be read fails the whole.
    boost::asio::awaitable<Result<core::Listing>> (*list)(Client&, Region, core::GuardSettings);

    /// Each id is answered exactly once, a missing one with Phase::gone.
    boost::asio::awaitable<void> (*describe)(Client&, Region, std::vector<core::ResourceId>, DescribeOptions, Seen);

    /// Each target is answered exactly once, as soon as its own call came back.
    boost::asio::awaitable<void> (*sleep)(Client&, Region, std::vector<core::Target>, CallReturned);
    boost::asio::awaitable<void> (*wake)(Client&, Region, std::vector<core::Target>, CallReturned);

    /// Null where a kind has no such metric (KindInfo::loaded).
    LoadMetric (*load)(const core::ResourceId&) = nullptr;

    std::span<const Permission> permissions;
};

[[nodiscard]] const Service& service_of(core::Kind kind);

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

/// Resources of one kind, in batches that one call describes.
[[nodiscard]] inline std::vector<std::vector<core::ResourceId>> described_together(
    const std::vector<core::ResourceId>& ids) {
    if (ids.empty()) return {};
    return chunks(ids, core::info(ids.front().kind).described_at_once);
}

/// What a description reports of a resource that is not there.
[[nodiscard]] inline core::Observation absent(core::ResourceId id) {
    return {.id = std::move(id), .phase = core::Phase::gone};
}

/// How much one listing may read, with all lists within it: an endpoint that is not AWS's may hand out pages for ever.
class Bounds {
   public:
    static constexpr std::size_t most_pages = 1000;
    static constexpr std::size_t most_items = 1'000'000;

    /// A page of so many items was read. The first page of each list within another is no page more.
    void count(std::size_t items, bool has_next) {
        items_ += items;
        if (has_next) ++pages_;
        over_ = over_ || (has_next && pages_ >= most_pages) || items_ >= most_items;
    }

    /// Nothing more may be read.
    [[nodiscard]] bool are_over() const { return over_; }

    /// What is told then.
    [[nodiscard]] Error error(std::string_view operation, const Region& region) const;

   private:
    std::size_t pages_ = 0;
    std::size_t items_ = 0;
    bool over_ = false;
};

/// The tokens of one paginated list. A server that hands out one of them twice would be asked for ever.
class PageTokens {
   public:
    explicit PageTokens(Bounds& bounds) : bounds_(bounds) {}

    /// Takes the token of the newest page, empty for the last page, and how many items the page had. False if the token
    /// came before. Where the bounds are reached it was the last page.
    [[nodiscard]] bool take(std::string token, std::size_t items) {
        bounds_.count(items, !token.empty());
        newest_ = bounds_.are_over() ? std::string() : std::move(token);
        return newest_.empty() || seen_.insert(newest_).second;
    }

    /// What to send for the next page; empty before the first page and after the last.
    [[nodiscard]] const std::string& newest() const { return newest_; }

   private:
    Bounds& bounds_;
    std::string newest_;
    std::set<std::string> seen_;
};

}  // namespace doze::aws
