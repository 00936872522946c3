#include "adapters/aws/kinds/ec2_guards.hpp"

#include <map>
#include <string>
#include <utility>

#include "adapters/aws/kinds/ec2_calls.hpp"
#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws::ec2 {
namespace {

/// Whether each request is persistent; those that AWS does not list are missing.
std::map<std::string, bool> parse_requests(std::string body) {
    pugi::xml_document document;
    std::map<std::string, bool> persistent;
    const auto root = parse_xml(document, body, "DescribeSpotInstanceRequestsResponse");
    for (const auto item : root.child("spotInstanceRequestSet").children("item"))
        persistent[item.child_value("spotInstanceRequestId")] =
            std::string_view(item.child_value("type")) == "persistent";
    return persistent;
}

}  // namespace

boost::asio::awaitable<void> tell_spot_apart(Client& client, const Region& region, Page& page) {
    for (const auto& some : chunks(page.spot, values_per_filter)) {
        QueryPairs parameters{{"Filter.1.Name", "spot-instance-request-id"}};
        for (std::size_t i = 0; i < some.size(); ++i)
            parameters.emplace_back("Filter.1.Value." + std::to_string(i + 1), some[i].request);
        auto call = call_for(region, "DescribeSpotInstanceRequests", std::move(parameters));
        auto answer = co_await client.call(std::move(call));
        if (!answer) co_return;
        const auto persistent = parse_requests(std::move(*answer));
        for (const auto& spot : some) {
            const auto found = persistent.find(spot.request);
            if (found == persistent.end()) continue;
            auto& guard = page.instances[spot.index].seen.guard;
            guard = found->second
                        ? spot.otherwise
                        : core::Guard{"It is a one-time spot instance, which can't be stopped, only terminated."};
        }
    }
}

boost::asio::awaitable<bool> is_stop_protected(Client& client, const Region& region, const InstanceId& instance) {
    QueryPairs parameters{{"InstanceId", instance.str()}, {"Attribute", "disableApiStop"}};
    auto call = call_for(region, "DescribeInstanceAttribute", std::move(parameters));
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return false;
    pugi::xml_document document;
    const auto root = parse_xml(document, *answer, "DescribeInstanceAttributeResponse");
    co_return root.child("disableApiStop").child("value").text().as_bool();
}

}  // namespace doze::aws::ec2
