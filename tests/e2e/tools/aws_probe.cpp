// Asks the pure parts of doze's AWS layer, for tests that compare them with botocore. One JSON object per line on
// standard input, and one per line on standard output:
//
//     {"ask": "sign", "method", "host", "path": [segments], "query": [[name, value]], "headers": [[name, value]],
//     "body",
//      "access_key_id", "secret_access_key", "session_token", "region", "service", "time": seconds}
//         {"target": what stands in the request line, "headers": [[name, value]]}
//     {"ask": "endpoint", "service", "region", "fips": bool, "dual_stack": bool}
//         {"origin"}
//     {"ask": "refusal", "service", "status", "headers": [[name, value]], "body"}
//         {"aws_code", "code": as doze's protocol has it, "retried": bool, "cost": of a repeat}
//     {"ask": "pause", "attempt", "throttled": bool, "asked": milliseconds, "random"}
//         {"milliseconds"}
//     {"ask": "ini", "file"}
//         {"sections": [[title, {key: value}, {key: {name: value}}]]} or {"error"}
//     {"ask": "profiles", "config", "credentials": paths}
//         {"profiles": {name: {key: value}}, "sso": {name: {key: value}}, "services": {name: {key: {name: value}}}}
//         or {"error"}

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <string>

#include "adapters/aws/client/call_retry.hpp"
#include "adapters/aws/client/endpoint.hpp"
#include "adapters/aws/client/errors.hpp"
#include "adapters/aws/profiles/ini.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/aws/protocol/sigv4.hpp"

namespace {

namespace json = boost::json;
namespace aws = doze::aws;

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

json::object sign(const json::object& input) {
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
                                  .secret_access_key = doze::Secret(text(input, "secret_access_key")),
                                  .session_token = doze::Secret(text(input, "session_token")),
                                  .origin = "test"},
                                 {.region = doze::Region(text(input, "region")),
                                  .service = text(input, "service"),
                                  .at = doze::core::WallTime(std::chrono::seconds(input.at("time").as_int64()))});
    json::array headers;
    for (const auto& [name, value] : added) headers.push_back({name, value});
    return {{"target", query.empty() ? path : path + "?" + aws::encode_query(query)}, {"headers", headers}};
}

json::object endpoint(const json::object& input) {
    const aws::EndpointVariant variant{.fips = input.at("fips").as_bool(),
                                       .dual_stack = input.at("dual_stack").as_bool()};
    return {{"origin", aws::aws_endpoint(text(input, "service"), doze::Region(text(input, "region")), variant).origin}};
}

json::object refusal(const json::object& input) {
    const aws::Call call{.service = text(input, "service"),
                         .region = doze::Region("us-east-1"),
                         .operation = "Operation",
                         .iam_action = "service:Operation"};
    const auto error = aws::error_of(call, {.status = static_cast<int>(input.at("status").as_int64()),
                                            .headers = pairs(input.at("headers")),
                                            .body = text(input, "body")});
    aws::RetryQuota quota;
    return {{"aws_code", error.aws_code},
            {"code", doze::to_string(error.code)},
            {"retried", aws::worth_repeating(error, 1)},
            {"cost", quota.take(error)}};
}

json::object pause(const json::object& input) {
    const doze::Error error{
        .code = input.at("throttled").as_bool() ? doze::ErrorCode::throttled : doze::ErrorCode::aws_error,
        .message = ""};
    const auto pause = aws::retry_pause(static_cast<int>(input.at("attempt").as_int64()), error,
                                        doze::core::Duration(input.at("asked").as_int64()),
                                        json::value_to<double>(input.at("random")));
    return {{"milliseconds", pause.count()}};
}

json::object shown(const aws::ProfileSettings& settings) {
    json::object out;
    for (const auto& [key, value] : settings) out[key] = value.view();
    return out;
}

json::object ini(const json::object& input) {
    std::ifstream file(text(input, "file"), std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    const auto sections = aws::parse_ini(content, "the file");
    if (!sections) return {{"error", sections.error().message}};
    json::array out;
    for (const auto& section : *sections) {
        json::object nested;
        for (const auto& [key, inner] : section.nested) nested[key] = shown(inner);
        out.push_back({section.title, shown(section.settings), std::move(nested)});
    }
    return {{"sections", std::move(out)}};
}

json::object profiles(const json::object& input) {
    const std::map<std::string, std::string> variables{{"AWS_CONFIG_FILE", text(input, "config")},
                                                       {"AWS_SHARED_CREDENTIALS_FILE", text(input, "credentials")}};
    aws::Profiles all([&](const char* name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
    const auto names = all.names();
    if (!names) return {{"error", names.error().message}};
    json::object out;
    json::object sso;
    json::object services;
    for (const auto& name : *names) {
        const auto profile = all.load(name);
        auto settings = shown(profile->config);
        for (auto& [key, value] : shown(profile->credentials)) settings[key] = value;
        out[name] = std::move(settings);
        if (!profile->sso_session.empty()) sso[name] = shown(profile->sso_session);
        if (!profile->services) continue;
        json::object nested;
        for (const auto& [key, inner] : profile->services->nested) nested[key] = shown(inner);
        services[name] = std::move(nested);
    }
    return {{"profiles", std::move(out)}, {"sso", std::move(sso)}, {"services", std::move(services)}};
}

json::object answer(const json::object& input) {
    const std::string ask = text(input, "ask");
    if (ask == "ini") return ini(input);
    if (ask == "profiles") return profiles(input);
    if (ask == "sign") return sign(input);
    if (ask == "endpoint") return endpoint(input);
    if (ask == "refusal") return refusal(input);
    return pause(input);
}

}  // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << json::serialize(answer(json::parse(line).as_object())) << std::endl;
    }
    return EXIT_SUCCESS;
}
