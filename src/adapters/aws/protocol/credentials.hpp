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
    std::string provider = {};  ///< For programs: "environment", "sso", ...; listed in docs/credentials.md.

    bool operator==(const Credentials&) const = default;

    /// Whether AWS can't tell them apart: `origin`, `provider` and expiry may differ.
    [[nodiscard]] bool same_keys(const Credentials& other) const {
        return access_key_id == other.access_key_id && secret_access_key == other.secret_access_key &&
               session_token == other.session_token;
    }
};

/// Supplies the keys to sign with. Asked before each request; answers with the keys valid at that moment. Loop's thread
/// only; must outlive its calls.
class CredentialsProvider {
   public:
    virtual ~CredentialsProvider() = default;

    /// The error (`no_credentials`) says of every provider why it had no keys.
    virtual boost::asio::awaitable<Result<Credentials>> get(core::WallTime now) = 0;

    /// Call when AWS accepted these keys in the region.
    virtual void taken(const Credentials& keys, const Region& region) = 0;

    /// Call when AWS refused these keys in the region. If it said that they `expired`, they are invalid everywhere;
    /// otherwise they may be valid elsewhere: a region that the account has not enabled refuses all keys.
    virtual void refused(const Credentials& keys, const Region& region, bool expired) = 0;
};

/// Always the same keys. Without keys, for the few unsigned calls.
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
