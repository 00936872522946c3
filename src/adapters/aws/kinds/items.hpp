#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/service.hpp"

/// Lists and describes kinds that have a single paginated operation for both, with or without names. See service.hpp
/// for the contract.
namespace doze::aws {

struct ItemPage {
    std::vector<core::Item> items;
    std::string next_token;  ///< Empty on the last page.
};

/// How to describe a kind.
struct Description {
    std::string_view operation;  ///< For messages.

    /// The call for `only` these resources, or all if it is empty; `token` is empty for the first page. A missing name
    /// must not fail the call.
    Call (*call)(const Region& region, const std::vector<core::ResourceId>& only, const std::string& token);

    /// Fails for the whole page if an item lacks its name, state or size: left out, it would count as gone.
    Result<ItemPage> (*parse)(std::string body, const Region& region, const core::GuardSettings& guards);
};

/// `how` must outlive the calls.
boost::asio::awaitable<Result<core::Listing>> list_items(Client& client, Region region, core::GuardSettings guards,
                                                         const Description& how);
boost::asio::awaitable<void> describe_items(Client& client, Region region, std::vector<core::ResourceId> ids,
                                            DescribeOptions options, Seen each, const Description& how);

/// The same as a function of Service.
template <const Description& how>
boost::asio::awaitable<Result<core::Listing>> list_by(Client& client, Region region, core::GuardSettings guards) {
    return list_items(client, std::move(region), std::move(guards), how);
}
template <const Description& how>
boost::asio::awaitable<void> describe_by(Client& client, Region region, std::vector<core::ResourceId> ids,
                                         DescribeOptions options, Seen each) {
    return describe_items(client, std::move(region), std::move(ids), std::move(options), std::move(each), how);
}

}  // namespace doze::aws
