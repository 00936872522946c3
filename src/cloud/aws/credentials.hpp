#pragma once

#include <optional>
#include <string>

#include "base/paths.hpp"
#include "base/result.hpp"
#include "cloud/aws/profiles.hpp"
#include "cloud/aws/secret.hpp"
#include "core/time.hpp"

namespace doze::cloud::aws {

struct Credentials {
    std::string access_key_id;
    Secret secret_access_key;
    Secret session_token;  ///< Empty for a user's own keys.
    std::string origin;    ///< For people: "the environment", "profile dev of ~/.aws/credentials".

    bool operator==(const Credentials&) const = default;
};

/// Knows with which keys to sign. Asked before each request; answers with what holds at that moment.
class CredentialsProvider {
   public:
    virtual ~CredentialsProvider() = default;

    /// An error (`no_credentials`) says of every place that was looked at why it had none.
    virtual Result<Credentials> get(core::WallTime now) = 0;
};

/// The environment (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, and
/// AWS_CREDENTIAL_EXPIRATION as `aws configure export-credentials` prints it), then the keys of the profile.
/// As in the AWS CLI, a profile that was asked for by name outweighs the environment, and half of a pair of
/// keys is an error rather than a reason to look further.
///
/// A profile that gets its keys by SSO, a role or a program is not supported yet, and its error says so.
class CredentialsChain final : public CredentialsProvider {
   public:
    /// `profiles` must outlive this.
    CredentialsChain(Environment environment, Profiles& profiles);

    Result<Credentials> get(core::WallTime now) override;

   private:
    Environment environment_;
    Profiles& profiles_;
};

}  // namespace doze::cloud::aws
