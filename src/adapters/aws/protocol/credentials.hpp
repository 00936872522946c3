#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/ids.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

struct Credentials {
    std::string access_key_id;
    Secret secret_access_key;
    Secret session_token;  ///< Empty for a user's own keys.
    std::string origin;    ///< For people: "the environment", "profile dev of ~/.aws/credentials".
    std::optional<core::WallTime> expires = {};
    std::string provider = {};  ///< For programs: "environment", "sso", ...; docs/credentials.md has them all.

    bool operator==(const Credentials&) const = default;

    /// AWS can't tell them apart.
    [[nodiscard]] bool same_keys(const Credentials& other) const {
        return access_key_id == other.access_key_id && secret_access_key == other.secret_access_key &&
               session_token == other.session_token;
    }
};

/// Knows with which keys to sign. Asked before each request; answers with what holds at that moment. On the loop's
/// thread; must outlive its calls.
class CredentialsProvider {
   public:
    virtual ~CredentialsProvider() = default;

    /// An error (`no_credentials`) says of every place that was looked at why it had none.
    virtual boost::asio::awaitable<Result<Credentials>> get(core::WallTime now) = 0;

    /// AWS took these in the region.
    virtual void taken(const Credentials& keys, const Region& region) = 0;

    /// AWS refused these in the region. Once it said that they `expired` they are good for nothing; else they may be
    /// good elsewhere, since a region that is not switched on for the account refuses all.
    virtual void refused(const Credentials& keys, const Region& region, bool expired) = 0;
};

/// Always the same keys. Without any, for the few calls that are not signed.
class FixedCredentials final : public CredentialsProvider {
   public:
    explicit FixedCredentials(Credentials keys = {}) : keys_(std::move(keys)) {}

    boost::asio::awaitable<Result<Credentials>> get(core::WallTime) override { co_return keys_; }
    void taken(const Credentials&, const Region&) override {}
    void refused(const Credentials&, const Region&, bool) override {}

   private:
    Credentials keys_;
};

}  // namespace doze::aws
