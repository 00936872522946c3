#include "adapters/aws/client/sts.hpp"

#include <utility>

#include "adapters/aws/protocol/answer.hpp"
#include "adapters/aws/protocol/query.hpp"

namespace doze::aws::sts {
Call identity_call(const Region& region) {
    return query_call("sts", region, "GetCallerIdentity", "2011-06-15", {});
}

boost::asio::awaitable<Result<Identity>> caller_identity(Client& client, Region region) {
    auto call = identity_call(region);
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto result = parse_xml(document, *answer, "GetCallerIdentityResponse").child("GetCallerIdentityResult");
    Identity identity{.account = result.child_value("Account"), .arn = result.child_value("Arn")};
    if (identity.account.empty() || identity.arn.empty()) co_return not_understood("GetCallerIdentity", region);
    co_return identity;
}

}  // namespace doze::aws::sts
