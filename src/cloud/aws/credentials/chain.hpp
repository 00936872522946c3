#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cloud/aws/credentials.hpp"
#include "cloud/aws/credentials/places.hpp"
#include "cloud/aws/credentials/profile_keys.hpp"

namespace doze::cloud::aws {

/// The places where keys may be, in the order of the AWS CLI and SDKs: the environment, the desktop's keyring (doze's
/// own addition), the chosen profile (see ProfileKeys), the container's endpoint, the EC2 instance's role. As in the
/// AWS CLI, a profile that was asked for by name other than through the environment outweighs the environment, and a
/// place that is set up but does not work is an error rather than a reason to look further.
///
/// Keys that expire are renewed before that; keys that hold are kept until AWS refuses them or a file of ~/.aws
/// changes. Any number of get() at the same time make one reading.
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

    explicit CredentialsChain(Places places);
    CredentialsChain(const CredentialsChain&) = delete;
    CredentialsChain& operator=(const CredentialsChain&) = delete;

    boost::asio::awaitable<Result<Credentials>> get(core::WallTime now) override;
    void refused(const Credentials& keys) override;

    /// A place that had no keys at the newest reading, and why.
    struct Look {
        std::string place;  ///< "environment", "keyring", "profile", "container", "instance_metadata"
        std::string why;
    };
    [[nodiscard]] const std::vector<Look>& looks() const { return looks_; }

   private:
    struct Reading;
    enum class Need { none, soon, now };

    [[nodiscard]] Need need(core::WallTime now, const Profiles::State& files) const;
    [[nodiscard]] bool holds(core::WallTime now, const Profiles::State& files) const;
    boost::asio::awaitable<Result<Credentials>> read(core::WallTime now);
    boost::asio::awaitable<Found> read_profile(core::WallTime now);
    boost::asio::awaitable<Found> read_instance(core::WallTime now);
    [[nodiscard]] std::optional<Result<Credentials>> judge(const char* place, Found found);

    Places places_;
    Pace pace_;
    ProfileKeys profile_keys_;
    std::vector<Look> looks_;
    std::optional<Credentials> kept_;
    Profiles::State kept_files_;  ///< As they were when kept_ was read.
    bool refused_ = false;        ///< kept_ is what AWS refused.
    std::optional<core::WallTime> last_reading_;
    std::optional<core::WallTime> last_after_refusal_;
    std::shared_ptr<Reading> reading_;  ///< The newest.
};

}  // namespace doze::cloud::aws
