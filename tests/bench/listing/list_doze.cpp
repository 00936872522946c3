// doze's own way to list all instances of some regions: its HTTP client, signatures, answers and inventory.
//
//   list_doze REGION...        endpoint and credentials come from the environment, as they do for doze

#include <boost/asio/io_context.hpp>

#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "adapters/aws/kinds/aws_cloud.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/http/curl_http_client.hpp"
#include "core/model/inventory.hpp"
#include "ports/clock.hpp"
#include "report.hpp"

int main(int argc, char** argv) {
    if (argc < 2) bench::fail("usage: list_doze REGION...");
    using namespace doze;
    boost::asio::io_context loop(1);
    const ports::SystemClock clock;
    const auto http = http::CurlHttpClient::open(loop.get_executor());
    if (!http) bench::fail(http.error().text().c_str());
    aws::Profiles profiles;
    aws::CredentialsChain credentials({.http = **http, .profiles = profiles, .clock = clock});
    aws::SignedClient client({.http = **http, .credentials = credentials, .profiles = profiles, .clock = clock});
    aws::AwsCloud cloud(loop.get_executor(), clock, [&](const ProfileName&) -> aws::Client& { return client; });

    core::Inventory inventory;
    const std::vector<Region> regions(argv + 1, argv + argc);
    inventory.keep_regions(regions);
    for (const auto& region : regions) {
        cloud.list(core::Kind::ec2, region,
                   [&inventory, &clock, region](Result<core::Listing> items, const AccountId& /*account*/) {
                       if (!items) bench::fail(items.error().text().c_str());
                       inventory.put(core::Kind::ec2, region, *items, clock.now());
                   });
    }
    loop.run();

    std::size_t listed = 0;
    for (const auto& [key, cached] : inventory.listings()) {
        if (const auto* fleet = std::get_if<core::Ec2Fleet>(&cached.items)) listed += fleet->size();
    }
    bench::report(listed);
}
