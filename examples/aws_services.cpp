// The AWS module by itself: lists everything in a region that can sleep, and stops or starts one instance.
//
//     example_aws_services REGION
//     example_aws_services REGION stop|start INSTANCE

#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <string>
#include <string_view>

#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/kinds/aws_cloud.hpp"
#include "adapters/http/curl_http_client.hpp"
#include "ports/clock.hpp"

using namespace doze;

namespace {

void print(const core::Observation& seen) {
    fmt::print("{} {} ({}, size {})\n", core::to_string(seen.id), seen.state, core::to_string(seen.phase),
               core::to_string(seen.size));
}

void print(const core::Listing& listing) {
    if (const auto* instances = std::get_if<std::vector<core::Ec2Instance>>(&listing))
        for (const auto& instance : *instances) print(instance.seen);
    if (const auto* clusters = std::get_if<std::vector<core::EcsCluster>>(&listing))
        for (const auto& cluster : *clusters)
            for (const auto& service : cluster.services) print(service.seen);
    if (const auto* clusters = std::get_if<std::vector<core::EksCluster>>(&listing))
        for (const auto& cluster : *clusters)
            for (const auto& nodegroup : cluster.nodegroups) print(nodegroup.seen);
    if (const auto* items = std::get_if<std::vector<core::Item>>(&listing))
        for (const auto& item : *items) print(item.seen);
}

}  // namespace

int main(int argc, char** argv) {
    const auto region = parse_region(argc > 1 ? argv[1] : "");
    const std::string_view verb = argc == 4 ? argv[2] : "";
    if (!region || (argc != 2 && verb != "stop" && verb != "start")) {
        fmt::print(stderr, "usage: {} REGION [stop|start INSTANCE]\n", argv[0]);
        return 2;
    }
    boost::asio::io_context io(1);
    const ports::SystemClock clock;
    aws::Profiles profiles;
    auto http = http::CurlHttpClient::open(io.get_executor());
    if (!http) {
        fmt::print(stderr, "{}\n", http.error().text());
        return 1;
    }
    aws::CredentialsChain chain({.http = **http, .profiles = profiles, .clock = clock});
    aws::SignedClient client({.http = **http, .credentials = chain, .profiles = profiles, .clock = clock});
    aws::AwsCloud cloud(io.get_executor(), clock, [&](const ProfileName&) -> aws::Client& { return client; });

    int exit_code = 0;
    const auto fail = [&](const Error& error) {
        fmt::print(stderr, "{}\n", error.text());
        exit_code = 1;
    };
    if (verb.empty()) {
        for (const auto& kind : core::kinds())
            cloud.list(kind.kind, *region, [&](const Result<core::Listing>& items, const AccountId& /*account*/) {
                items ? print(*items) : fail(items.error());
            });
    } else {
        const auto instance = parse_instance_id(argv[3]);
        if (!instance) {
            fail(instance.error());
            return 2;
        }
        const core::Target target{.id = core::ec2(*region, *instance), .size = {.desired = 1}, .pool = ""};
        const auto each = [&](const core::ResourceId& id, Result<void> accepted) {
            if (accepted)
                fmt::print("{}: AWS accepted the {}.\n", core::to_string(id), verb);
            else
                fail(accepted.error());
        };
        verb == "stop" ? cloud.sleep({target}, each) : cloud.wake({target}, each);
    }
    io.run();
    return exit_code;
}
