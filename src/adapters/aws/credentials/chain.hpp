#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/credentials/assumed_role.hpp"
#include "adapters/aws/credentials/provider.hpp"
#include "adapters/aws/protocol/credentials.hpp"
#include "base/ids.hpp"
#include "base/paths.hpp"
#include "ports/keyring.hpp"

namespace doze::aws {

/// A region and its origin: "AWS_REGION", "profile dev of ~/.aws/config", "the EC2 instance metadata service".
struct FoundRegion {
    Region region;
    std::string origin;

    bool operator==(const FoundRegion&) const = default;
};

/// AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`; empty if none is set, an error (`bad_request`) if the
/// value is not a region.
[[nodiscard]] Result<std::optional<FoundRegion>> configured_region(const Environment& environment,
                                                                   const Profile& profile);

/// The region to use if a command names none: the configured one, else that of this EC2 instance.
boost::asio::awaitable<Result<std::optional<FoundRegion>>> default_region(const ProviderContext& places);

/// The region whose STS to ask: the configured one, else one in the role's partition.
[[nodiscard]] Result<Region> region_for_sts(const Environment& environment, const Profile& profile,
                                            std::string_view role_arn);

/// The value of a variable that holds a secret; empty if it is not set.
[[nodiscard]] Secret secret_variable(const Environment& environment, const char* name);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN), and AWS_CREDENTIAL_EXPIRATION
/// as `aws configure export-credentials` prints it. Half of a pair is an error: no later provider is asked.
[[nodiscard]] ProviderResult from_environment(const Environment& environment, core::WallTime now);

// Key pairs in the desktop's keyring: one per profile, under the profile's name.

/// The text that `doze auth set` stores there.
[[nodiscard]] Secret keyring_text(const Credentials& keys);

/// The key pair stored for the profile. A locked keyring is an error, and later providers are not asked: they could
/// return keys of another account.
boost::asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile);

/// The credential providers in the order of the AWS CLI and SDKs: the environment, the desktop's keyring (doze's own
/// addition), the chosen profile (see ProfileKeys), the container's endpoint, the EC2 instance's role. As in the AWS
/// CLI, a profile that was named other than through the environment takes precedence over the environment, and a
/// provider that is set up but fails is an error: later ones are not asked.
///
/// Expiring keys are renewed in time. Valid keys are kept until AWS says that they expired or a reading
/// returns others: a reading that fails or finds nothing changes nothing, and a later provider replaces the
/// one in use only when that has had no keys for a while. Providers are read again when the profile changes in
/// ~/.aws, and less and less often while every region refuses the keys. Concurrent get() calls share one
/// reading.
class CredentialsChain final : public CredentialsProvider {
   public:
    // As in the SDKs (botocore/credentials.py): with less time than the first left, a renewal is tried, and the old
    // keys are used if it fails; with less than the second, everybody waits for it.
    static constexpr core::Duration renew_before = std::chrono::minutes(15);
    static constexpr core::Duration must_renew_before = std::chrono::minutes(10);

    /// Between two attempts to renew, and between two readings that AWS's refusals cause.
    static constexpr core::Duration again_after = Pace::again_after;

    /// Keys without an expiry may be replaced too, in the keyring for example.
    static constexpr core::Duration look_again_after = std::chrono::minutes(5);

    /// The longest pause between readings while every region refuses the keys.
    static constexpr core::Duration longest_pause = std::chrono::minutes(15);

    /// How long the provider in use must have no keys before another one's are taken: programs write files in two
    /// steps.
    static constexpr core::Duration gone_after = std::chrono::minutes(1);

    explicit CredentialsChain(ProviderContext places);
    CredentialsChain(const CredentialsChain&) = delete;
    CredentialsChain& operator=(const CredentialsChain&) = delete;

    boost::asio::awaitable<Result<Credentials>> get(core::WallTime now) override;
    void taken(const Credentials& keys, const Region& region) override;
    void refused(const Credentials& keys, const Region& region, bool expired) override;

    /// A provider that had no keys at the newest reading, and why.
    struct Attempt {
        std::string place;  ///< "environment", "keyring", "profile", "container", "instance_metadata"
        std::string why;
    };
    [[nodiscard]] const std::vector<Attempt>& attempts() const { return attempts_; }

   private:
    struct Reading;
    enum class Need { none, soon, now };

    [[nodiscard]] Need need(core::WallTime now, std::size_t files) const;
    [[nodiscard]] bool hold(core::WallTime now) const;
    Result<Credentials> settle(Result<Credentials> found, std::size_t files_before, core::WallTime now);
    void tell_once(std::string& last, std::string sentence) const;
    boost::asio::awaitable<Result<Credentials>> read(core::WallTime now);
    boost::asio::awaitable<ProviderResult> read_profile(core::WallTime now);
    boost::asio::awaitable<ProviderResult> read_instance(core::WallTime now);
    [[nodiscard]] std::optional<Result<Credentials>> judge(const char* place, ProviderResult found);

    ProviderContext places_;
    Pace pace_;
    ProfileKeys profile_keys_;
    std::vector<Attempt> attempts_;
    bool gone_ = false;  ///< The provider of kept_ had no keys at the newest reading.
    std::string whose_;  ///< The profile for which kept_ was read.
    std::optional<Credentials> kept_;
    core::Duration life_{};      ///< Lifetime of kept_ when it was read.
    bool expired_ = false;       ///< AWS said that kept_ expired.
    std::set<Region> taken_in_;  ///< The regions that accepted kept_.
    bool doubted_ = false;       ///< kept_ was refused, and no region is known to accept it.
    bool unsettled_ =
        false;  ///< The files changed while they were read: by the program that they name, or by a person.
    core::Duration pause_ = again_after;  ///< Between readings while kept_ is doubted or unsettled.
    std::size_t files_ = 0;               ///< Their fingerprint after the newest reading.
    std::optional<core::WallTime> gone_since_;
    std::optional<core::WallTime> last_reading_;
    std::optional<core::WallTime> last_after_expiry_;
    std::string told_of_files_;
    std::string told_of_failure_;
    std::shared_ptr<Reading> reading_;  ///< The newest, finished or not.
};

}  // namespace doze::aws
