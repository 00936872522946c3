#include "adapters/aws/protocol/query.hpp"

#include <algorithm>
#include <utility>

namespace doze::aws {

Call query_call(std::string service, Region region, std::string operation, std::string version, QueryPairs parameters) {
    const auto resources = std::ranges::count_if(
        parameters, [](const auto& parameter) { return parameter.first.starts_with("InstanceId."); });
    parameters.emplace_back("Action", operation);
    parameters.emplace_back("Version", std::move(version));
    return {.service = service,
            .region = std::move(region),
            .operation = operation,
            .iam_action = (service == "monitoring" ? "cloudwatch" : service) + ":" + operation,
            .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
            .body = encode_query(parameters),
            .resources = static_cast<std::size_t>(resources)};
}

}  // namespace doze::aws
