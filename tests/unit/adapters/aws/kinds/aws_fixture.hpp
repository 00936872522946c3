#pragma once

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <gtest/gtest.h>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/aws_cloud.hpp"
#include "fakes/fake_clock.hpp"

namespace doze::aws {

/// Answers by a function of the call, one turn of the loop later, and remembers what was asked.
class FakeClient final : public Client {
   public:
    std::function<Result<std::string>(const Call&)> answer = [](const Call&) { return Result<std::string>(""); };
    /// No scalable targets, unless told; such calls are kept apart, as nearly every ECS call brings one.
    std::string scalable_targets = R"({"ScalableTargets":[]})";
    std::vector<Call> scaling_calls;

    std::vector<Call> calls;
    std::size_t most_at_once = 0;

    boost::asio::awaitable<Result<std::string>> call(Call call) override {
        if (call.operation == "DescribeScalableTargets") {
            scaling_calls.push_back(call);
            co_return scalable_targets;
        }
        calls.push_back(call);
        most_at_once = std::max(most_at_once, ++out_);
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
        --out_;
        co_return answer(call);
    }

    [[nodiscard]] std::vector<std::string> operations() const {
        std::vector<std::string> names;
        for (const auto& call : calls) names.push_back(call.operation);
        return names;
    }

    [[nodiscard]] std::ptrdiff_t count(std::string_view operation) const {
        return std::ranges::count(calls, operation, &Call::operation);
    }

   private:
    std::size_t out_ = 0;
};

/// The values of a form whose names begin so. The ids and tokens of the tests need no decoding.
inline std::vector<std::string> values(const Call& call, std::string_view name) {
    std::vector<std::string> out;
    std::string_view rest = call.body;
    while (!rest.empty()) {
        const auto parameter = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(rest.size(), parameter.size() + 1));
        if (parameter.starts_with(name)) out.emplace_back(parameter.substr(parameter.find('=') + 1));
    }
    return out;
}

inline std::string value(const Call& call, std::string_view name) {
    const auto all = values(call, std::string(name) + "=");
    return all.empty() ? std::string() : all.front();
}

inline Error refusal(std::string aws_code, Recovery recovery = Recovery::tell, ErrorCode code = ErrorCode::aws_error) {
    return {.code = code, .message = "AWS said no.", .recovery = recovery, .aws_code = std::move(aws_code)};
}

/// The same client for every profile.
inline AwsCloud::Clients always(Client& client) {
    return [&client](const ProfileName&) -> Client& { return client; };
}

/// An AwsCloud on a fake client. Each method runs the loop until nothing is left to do and returns every answer.
class AwsTest : public testing::Test {
   protected:
    using Outcomes = std::map<core::ResourceId, std::vector<Result<void>>>;
    using Sightings = std::map<core::ResourceId, std::vector<Result<core::Observation>>>;

    boost::asio::io_context io;
    FakeClient client;
    fakes::FakeClock clock;
    AwsCloud cloud{io.get_executor(), clock, always(client)};
    const Region us{"us-east-1"};
    const Region eu{"eu-west-1"};

    void run() {
        io.restart();
        io.run();
    }

    Result<core::Listing> list(core::Kind kind, const Region& region) {
        std::vector<Result<core::Listing>> answers;
        cloud.list(kind, region,
                   [&](Result<core::Listing> items, const AccountId&) { answers.push_back(std::move(items)); });
        run();
        EXPECT_EQ(answers.size(), 1U);
        return answers.at(0);
    }

    Sightings describe(std::vector<core::ResourceId> ids, core::Depth depth = core::Depth::usual) {
        Sightings all;
        cloud.describe(std::move(ids), depth, [&](const core::ResourceId& id, Result<core::Observation> seen) {
            all[id].push_back(std::move(seen));
        });
        run();
        return all;
    }

    Outcomes sleep(std::vector<core::Target> targets) {
        Outcomes all;
        cloud.sleep(std::move(targets), recorder(all));
        run();
        return all;
    }

    Outcomes wake(std::vector<core::Target> targets) {
        Outcomes all;
        cloud.wake(std::move(targets), recorder(all));
        run();
        return all;
    }

    /// The one answer for a resource.
    template <class T>
    static const Result<T>& only(const std::map<core::ResourceId, std::vector<Result<T>>>& all,
                                 const core::ResourceId& id) {
        const auto& answers = all.at(id);
        EXPECT_EQ(answers.size(), 1U) << core::to_string(id);
        return answers.at(0);
    }

    template <class T>
    static void expect_once_each(const std::map<core::ResourceId, std::vector<T>>& all, std::size_t count) {
        EXPECT_EQ(all.size(), count);
        for (const auto& [id, answers] : all) EXPECT_EQ(answers.size(), 1U) << core::to_string(id);
    }

   private:
    static ports::Cloud::Outcome recorder(Outcomes& all) {
        return [&all](const core::ResourceId& id, Result<void> done) { all[id].push_back(std::move(done)); };
    }
};

/// Bodies that no service should ever send, and some day one will.
inline const std::vector<std::string> garbage = {
    "",
    " ",
    "null",
    "[]",
    "{}",
    "7",
    "\"text\"",
    "{\"clusters\":7}",
    "{\"clusterArns\":[7]}",
    "{\"clusters\":[null]}",
    "{\"clusters\":[{}]}",
    "{\"serviceArns\":{}}",
    "{\"services\":[{}]}",
    "{\"services\":\"all\"}",
    "{\"nodegroups\":[[]]}",
    "{\"nodegroup\":{\"status\":\"ACTIVE\"}}",
    "{\"cluster\":[]}",
    "{\"service\":",
    "\xff\xfe",
    "<html><body><h1>502 Bad Gateway</h1></body></html>",
    "<DescribeInstancesResponse/>",
    "<DescribeInstancesResponse><reservationSet>",
    // NOLINTNEXTLINE(bugprone-suspicious-missing-comma): one answer on two lines.
    "<DescribeInstancesResponse><reservationSet><item><instancesSet><item/></instancesSet></item></reservationSet>"
    "</DescribeInstancesResponse>",
    "<StopInstancesResponse/>",
    "<StartInstancesResponse><instancesSet/></StartInstancesResponse>",
    std::string(100000, '['),
    std::string(100000, '<'),
};

}  // namespace doze::aws
