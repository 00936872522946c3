// Signs requests for test_signatures.py, which checks them with botocore. One JSON object per line on
// standard input:
//
//     {"method", "host", "path": [segments], "query": [[name, value]], "headers": [[name, value]], "body",
//      "access_key_id", "secret_access_key", "session_token", "region", "service", "time": seconds}
//
// and one per line on standard output: {"target": what stands in the request line, "headers": [[name, value]]}.

#include <boost/json.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

#include "cloud/aws/sigv4.hpp"

namespace {

namespace json = boost::json;
namespace aws = doze::cloud::aws;

std::string text(const json::object& object, const char* key) {
    return json::value_to<std::string>(object.at(key));
}

aws::QueryPairs pairs(const json::value& list) {
    aws::QueryPairs result;
    for (const auto& pair : list.as_array()) {
        result.emplace_back(json::value_to<std::string>(pair.at(0)), json::value_to<std::string>(pair.at(1)));
    }
    return result;
}

std::string signed_line(const json::object& input) {
    const std::string path = aws::encode_path(json::value_to<std::vector<std::string>>(input.at("path")));
    const auto query = pairs(input.at("query"));
    const std::string body = text(input, "body");
    const auto added = aws::sign({.method = text(input, "method"),
                                  .host = text(input, "host"),
                                  .path = path,
                                  .query = query,
                                  .headers = pairs(input.at("headers")),
                                  .body = body},
                                 {.access_key_id = text(input, "access_key_id"),
                                  .secret_access_key = aws::Secret(text(input, "secret_access_key")),
                                  .session_token = aws::Secret(text(input, "session_token")),
                                  .origin = "test"},
                                 {.region = doze::Region(text(input, "region")),
                                  .service = text(input, "service"),
                                  .at = doze::core::WallTime(std::chrono::seconds(input.at("time").as_int64()))});
    json::array headers;
    for (const auto& [name, value] : added) headers.push_back({name, value});
    return json::serialize(
        json::object{{"target", query.empty() ? path : path + "?" + aws::encode_query(query)}, {"headers", headers}});
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << signed_line(json::parse(line).as_object()) << std::endl;
    }
    return EXIT_SUCCESS;
}
