#include "adapters/aws/kinds/items.hpp"

#include <iterator>
#include <set>
#include <utility>

#include "adapters/aws/client/at_once.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws {
namespace {

using Ids = std::vector<core::ResourceId>;
using Items = std::vector<core::Item>;

constexpr std::size_t describes_at_once = 4;

/// All pages, or the first error.
boost::asio::awaitable<Result<Items>> describe(Client& client, const Region& region, const Ids& only,
                                               const core::GuardSettings& guards, const Description& how,
                                               Bounds& bounds) {
    Items all;
    PageTokens tokens(bounds);
    do {
        auto call = how.call(region, only, tokens.newest());
        auto answer = co_await client.call(std::move(call));
        if (!answer) co_return answer.error();
        auto page = how.parse(std::move(*answer), region, guards);
        if (!page) co_return page.error();
        if (!tokens.take(page->next_token, page->items.size())) co_return not_understood(how.operation, region);
        all.insert(all.end(), std::make_move_iterator(page->items.begin()), std::make_move_iterator(page->items.end()));
    } while (!tokens.newest().empty());
    co_return all;
}

boost::asio::awaitable<void> describe_few(Client& client, const Region& region, const Ids& ids,
                                          const core::GuardSettings& guards, const Seen& each, const Description& how) {
    Bounds bounds;
    auto found = co_await describe(client, region, ids, guards, how, bounds);
    if (bounds.are_over()) found = bounds.error(how.operation, region);
    std::set<core::ResourceId> open(ids.begin(), ids.end());
    if (found) {
        for (auto& item : *found) {
            const auto id = item.seen.id;
            if (open.erase(id) > 0) each(id, std::move(item.seen));
        }
    }
    for (const auto& id : open) each(id, found ? Result<core::Observation>(absent(id)) : found.error());
}

}  // namespace

boost::asio::awaitable<Result<core::Listing>> list_items(Client& client, Region region, core::GuardSettings guards,
                                                         const Description& how) {
    const Ids everything;
    Bounds bounds;
    auto found = co_await describe(client, region, everything, guards, how, bounds);
    if (!found) co_return found.error();
    core::Listing listing(std::move(*found));
    if (bounds.are_over()) listing.incomplete = bounds.error(how.operation, region);
    co_return listing;
}

boost::asio::awaitable<void> describe_items(Client& client, Region region, std::vector<core::ResourceId> ids,
                                            DescribeOptions options, Seen each, const Description& how) {
    const auto batches = described_together(ids);
    co_await at_once(describes_at_once, batches.size(), [&](std::size_t i) {
        return describe_few(client, region, batches[i], options.guards, each, how);
    });
}

}  // namespace doze::aws
