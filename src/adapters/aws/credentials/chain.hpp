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

/// A region, and who says so: "AWS_REGION", "profile dev of ~/.aws/config", "the EC2 instance metadata service".
struct FoundRegion {
    Region region;
    std::string origin;

    bool operator==(const FoundRegion&) const = default;
};

/// AWS_REGION, AWS_DEFAULT_REGION, or the profile's `region`; none where none of them is set, and an error
/// (`bad_request`) where what is set is no region.
[[nodiscard]] Result<std::optional<FoundRegion>> configured_region(const Environment& environment,
                                                                   const Profile& profile);

/// The region to use where nobody named one: the configured one, else the one that this EC2 instance is in.
boost::asio::awaitable<Result<std::optional<FoundRegion>>> default_region(const ProviderContext& places);

/// Which STS to ask: that of the configured region, else of the role's partition.
[[nodiscard]] Result<Region> region_for_sts(const Environment& environment, const Profile& profile,
                                            std::string_view role_arn);

/// A variable that holds a secret; empty where it is not set.
[[nodiscard]] Secret secret_variable(const Environment& environment, const char* name);

/// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN (or AWS_SECURITY_TOKEN), and AWS_CREDENTIAL_EXPIRATION
/// as `aws configure export-credentials` prints it. Half of a pair is an error, not a reason to look further.
[[nodiscard]] ProviderResult from_environment(const Environment& environment, core::WallTime now);

// Key pairs in the desktop's keyring, one per profile, under the profile's name.

/// What `doze auth set` keeps there.
[[nodiscard]] Secret keyring_text(const Credentials& keys);

/// The pair kept for the profile. A locked keyring is an error, not a reason to look further: what comes next could be
/// the keys of another account.
boost::asio::awaitable<ProviderResult> from_keyring(ports::Keyring& keyring, std::string profile);

/// The places where keys may be, in the order of the AWS CLI and SDKs: the environment, the desktop's keyring (doze's
/// own addition), the chosen profile (see ProfileKeys), the container's endpoint, the EC2 instance's role. As in the
/// AWS CLI, a profile that was asked for by name other than through the environment outweighs the environment, and a
/// place that is set up but does not work is an error rather than a reason to look further.
///
/// Keys that expire are renewed before that. Keys that hold are kept until AWS says that they expired or a reading
/// gives others: a reading that fails or finds nothing takes nothing away, and a place further down replaces one that
/// gave keys only when that has had none for a while. Places are read again when what ~/.aws says of the profile
/// changed, and ever more seldom while every region refuses the keys. Any number of get() at the same time make one
/// reading.
class CredentialsChain final : public CredentialsProvider {
   public:
    // As the SDKs (botocore/credentials.py): from the first on a renewal is tried, and old keys used where it fails;
    // from the second on everybody waits for it.
    static constexpr core::Duration renew_before = std::chrono::minutes(15);
    static constexpr core::Duration must_renew_before = std::chrono::minutes(10);

    /// Between two tries of a renewal, and between two readings that AWS's refusals ask for.
    static constexpr core::Duration again_after = Pace::again_after;

    /// Keys that do not expire may be replaced all the same, in the keyring for example.
    static constexpr core::Duration look_again_after = std::chrono::minutes(5);

    /// The longest pause between readings for keys that every region refuses.
    static constexpr core::Duration longest_pause = std::chrono::minutes(15);

    /// For how long a place that gave the keys must have none before another's are taken: files are written in two
    /// steps.
    static constexpr core::Duration gone_after = std::chrono::minutes(1);

    explicit CredentialsChain(ProviderContext places);
    CredentialsChain(const CredentialsChain&) = delete;
    CredentialsChain& operator=(const CredentialsChain&) = delete;

    boost::asio::awaitable<Result<Credentials>> get(core::WallTime now) override;
    void taken(const Credentials& keys, const Region& region) override;
    void refused(const Credentials& keys, const Region& region, bool expired) override;

    /// A place that had no keys at the newest reading, and why.
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
    bool gone_ = false;  ///< The place that gave kept_ had none at the newest reading.
    std::string whose_;  ///< The profile that kept_ was read for.
    std::optional<Credentials> kept_;
    core::Duration life_{};      ///< That kept_ had when it was read.
    bool expired_ = false;       ///< AWS said so of kept_.
    std::set<Region> taken_in_;  ///< The regions that take kept_.
    bool doubted_ = false;       ///< kept_ was refused, and no region is known to take it.
    bool unsettled_ =
        false;  ///< The files changed while they were read: by the program that they name, or by a person.
    core::Duration pause_ = again_after;  ///< Between readings while kept_ is doubted or unsettled.
    std::size_t files_ = 0;               ///< Their fingerprint after the newest reading.
    std::optional<core::WallTime> gone_since_;
    std::optional<core::WallTime> last_reading_;
    std::optional<core::WallTime> last_after_expiry_;
    std::string told_of_files_;
    std::string told_of_failure_;
    std::shared_ptr<Reading> reading_;  ///< The newest.
};

}  // namespace doze::aws
