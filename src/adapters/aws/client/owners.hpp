#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/aws/client/endpoint.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "adapters/aws/protocol/credentials.hpp"
#include "base/ids.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

/// The account number in an answer of this service about its own resources (OwnerId, ARNs), or in STS's answer to
/// GetCallerIdentity; empty if there is none.
[[nodiscard]] std::optional<std::string> owner_in(std::string_view service, std::string_view body);

/// An account in the form used by journal rows and registrations: its number, the partition unless commercial, and
/// the endpoint unless AWS's own. "123456789012", "123456789012 (aws-cn)", "000000000000 at
/// http://127.0.0.1:4566".
[[nodiscard]] AccountId account_at(const std::string& number, const Region& region, const Endpoint& endpoint);

/// Why a call must not go out with these credentials; empty if it may. Notes their account in `caller`.
[[nodiscard]] std::optional<Error> authorize(Caller& caller, const std::string& service, const AccountId& account,
                                             const std::string& keys);

/// Which account credentials belong to, as far as AWS said. Pure.
class Owners {
   public:
    /// Empty if not known.
    [[nodiscard]] std::string of(const Credentials& keys) const;
    void learn(const Credentials& keys, std::string number);

    /// Records that STS in this region could not tell; it is not asked there again for a while.
    void failed(const Credentials& keys, const Region& region, core::TimePoint now);
    [[nodiscard]] bool may_ask(const Credentials& keys, const Region& region, core::TimePoint now) const;

   private:
    using Keys = std::pair<std::string, std::size_t>;  ///< The access key id, and a hash of the session token.
    [[nodiscard]] static Keys keys_of(const Credentials& keys);

    std::map<Keys, std::string> known_;
    std::map<std::pair<Keys, Region>, core::TimePoint> failures_;
};

}  // namespace doze::aws

namespace doze::aws::sts {

/// The identity of credentials, according to STS.
struct Identity {
    std::string account;  ///< Twelve digits.
    std::string arn;      ///< The user or the assumed role.

    bool operator==(const Identity&) const = default;
};

[[nodiscard]] Call identity_call(const Region& region);

/// Calls GetCallerIdentity, which needs no permission. `client` must outlive the call.
boost::asio::awaitable<Result<Identity>> caller_identity(Client& client, Region region);

}  // namespace doze::aws::sts
