// The credentials module by itself: where the keys come from, and whom AWS takes us for.
//
//     example_aws_session [REGION]        AWS_PROFILE and the other variables of the AWS CLI apply

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <string>

#include "adapters/aws/client/owners.hpp"
#include "adapters/aws/client/signed_client.hpp"
#include "adapters/aws/credentials/chain.hpp"
#include "adapters/http/curl_http_client.hpp"
#include "ports/clock.hpp"

using namespace doze;

int main(int argc, char** argv) {
    const auto region = parse_region(argc > 1 ? argv[1] : "us-east-1");
    if (!region) {
        fmt::print(stderr, "{}\n", region.error().text());
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
    int exit_code = 0;
    boost::asio::co_spawn(
        io,
        [&]() -> boost::asio::awaitable<void> {
            const auto credentials = co_await chain.get(clock.now().wall);
            if (!credentials) {
                fmt::print(stderr, "{}\n", credentials.error().text());
                exit_code = 1;
                co_return;
            }
            fmt::print("keys from: {}\n", credentials->origin);
            const auto identity = co_await aws::sts::caller_identity(client, *region);
            if (identity) {
                fmt::print("account: {}\narn: {}\n", identity->account, identity->arn);
            } else {
                fmt::print(stderr, "{}\n", identity.error().text());
                exit_code = 1;
            }
        },
        boost::asio::detached);
    io.run();
    return exit_code;
}
