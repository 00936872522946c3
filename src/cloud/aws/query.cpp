#include "cloud/aws/query.hpp"

#include <utility>

namespace doze::cloud::aws {

Call query_call(std::string service, Region region, std::string operation, std::string version, QueryPairs parameters) {
    parameters.emplace_back("Action", operation);
    parameters.emplace_back("Version", std::move(version));
    return {.service = service,
            .region = std::move(region),
            .operation = operation,
            .iam_action = service + ":" + operation,
            .headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
            .body = encode_query(parameters)};
}

}  // namespace doze::cloud::aws
