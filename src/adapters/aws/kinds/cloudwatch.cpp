#include "adapters/aws/kinds/cloudwatch.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <string>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query_protocol.hpp"

namespace doze::aws::cloudwatch {
namespace {

/// API reference of GetMetricData.
constexpr std::size_t metrics_per_call = 500;

constexpr auto window = std::chrono::minutes(15);

Call call_for(const Region& region, const std::vector<LoadMetric>& metrics, core::WallTime now,
              const std::string& token) {
    QueryPairs parameters{{"StartTime", core::to_iso(now - window)}, {"EndTime", core::to_iso(now)}};
    for (std::size_t i = 0; i < metrics.size(); ++i) {
        const auto query = fmt::format("MetricDataQueries.member.{}.", i + 1);
        parameters.emplace_back(query + "Id", fmt::format("m{}", i));
        parameters.emplace_back(query + "MetricStat.Metric.Namespace", metrics[i].name_space);
        parameters.emplace_back(query + "MetricStat.Metric.MetricName", "CPUUtilization");
        for (std::size_t d = 0; d < metrics[i].dimensions.size(); ++d) {
            const auto dimension = fmt::format("{}MetricStat.Metric.Dimensions.member.{}.", query, d + 1);
            parameters.emplace_back(dimension + "Name", metrics[i].dimensions[d].first);
            parameters.emplace_back(dimension + "Value", metrics[i].dimensions[d].second);
        }
        parameters.emplace_back(query + "MetricStat.Period", "300");
        parameters.emplace_back(query + "MetricStat.Stat", "Average");
    }
    if (!token.empty()) parameters.emplace_back("NextToken", token);
    auto call = query_call("monitoring", region, "GetMetricData", "2010-08-01", std::move(parameters));
    call.iam_action = "cloudwatch:GetMetricData";
    return call;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number value{};
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

/// Raises each load to the highest value of its metric on this page. Returns the next page's token; empty optional if
/// the answer is malformed.
std::optional<std::string> take_page(std::string body, std::vector<core::Load>& loads) {
    pugi::xml_document document;
    const auto result = parse_xml(document, body, "GetMetricDataResponse").child("GetMetricDataResult");
    if (!result) return std::nullopt;
    for (const auto metric : result.child("MetricDataResults").children("member")) {
        std::string_view id = metric.child_value("Id");
        if (!id.starts_with('m')) continue;
        const auto index = number<std::size_t>(id.substr(1));
        if (!index || *index >= loads.size()) continue;
        auto& load = loads[*index];
        for (const auto item : metric.child("Values").children("member")) {
            const auto value = number<double>(item.child_value());
            if (value) load.cpu_percent = std::max(load.cpu_percent.value_or(0), *value);
        }
    }
    return std::string(result.child_value("NextToken"));
}

boost::asio::awaitable<std::vector<core::Load>> some_loads(Client& client, const Region& region,
                                                           std::vector<LoadMetric> metrics, core::WallTime now) {
    std::vector<core::Load> loads(metrics.size());
    Bounds bounds;
    PageTokens tokens(bounds);
    do {
        auto call = call_for(region, metrics, now, tokens.newest());
        auto answer = co_await client.call(std::move(call));
        auto next = answer ? take_page(std::move(*answer), loads) : std::nullopt;
        if (!next || !tokens.take(std::move(*next), metrics.size())) {
            const auto why = answer ? not_understood("GetMetricData", region).text() : answer.error().text();
            for (auto& load : loads) load = {.cpu_percent = std::nullopt, .trouble = why};
            co_return loads;
        }
    } while (!tokens.newest().empty());
    co_return loads;
}

}  // namespace

boost::asio::awaitable<std::vector<core::Load>> loads(Client& client, Region region, std::vector<LoadMetric> metrics,
                                                      core::WallTime now) {
    std::vector<core::Load> all;
    for (auto& some : chunks(metrics, metrics_per_call)) {
        auto found = co_await some_loads(client, region, std::move(some), now);
        std::ranges::move(found, std::back_inserter(all));
    }
    co_return all;
}

Call newest_call(const Region& region, const LoadMetric& metric) {
    const auto now = std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
    return call_for(region, {metric}, now, {});
}

}  // namespace doze::aws::cloudwatch
