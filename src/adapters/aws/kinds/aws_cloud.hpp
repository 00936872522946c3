#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <memory>
#include <vector>

#include "adapters/aws/client/clock_skew.hpp"
#include "adapters/aws/kinds/service.hpp"
#include "adapters/aws/protocol/aws_client.hpp"
#include "ports/clock.hpp"
#include "ports/cloud.hpp"

namespace doze::aws {

/// AWS as the actions see it. Regions and kinds are asked side by side. Once it is destroyed nothing is called back any
/// more and no further call goes out; a call under way then ends unheard, or with the loop. The clients must
/// outlive the calls. For one thread: that of `executor`.
class AwsCloud final : public ports::Cloud {
   public:
    /// The client of a profile of the AWS files, or that of doze's own credentials for an empty name.
    using Clients = std::function<Client&(const ProfileName&)>;

    /// `time`: what the clients learn of AWS's clock.
    AwsCloud(boost::asio::any_io_executor executor, const ports::Clock& clock, Clients clients,
             const AwsTime* time = nullptr);
    ~AwsCloud() override;
    AwsCloud(const AwsCloud&) = delete;
    AwsCloud& operator=(const AwsCloud&) = delete;

    void list(core::Kind kind, const Region& region, Listed done) override;
    void describe(std::vector<core::ResourceId> ids, core::Depth depth,
                  std::function<void(const core::ResourceId&, Result<core::Observation>)> each) override;
    void sleep(std::vector<core::Target> targets, Outcome each) override;
    void wake(std::vector<core::Target> targets, Outcome each) override;

    [[nodiscard]] core::Duration aws_ahead(core::Now now) const override {
        return time_ == nullptr ? core::Duration::zero() : time_->ahead(now);
    }

    /// For the lists and descriptions that begin after this.
    void set_guards(const core::GuardSettings& guards) override;

   private:
    /// Service::sleep or Service::wake.
    using Change = decltype(&Service::sleep);

    [[nodiscard]] core::WallTime aws_now() const;
    void act(Change change, std::vector<core::Target> targets, Outcome each);

    boost::asio::any_io_executor executor_;
    const ports::Clock& clock_;
    Clients clients_;
    const AwsTime* time_;
    std::shared_ptr<bool> over_;  ///< Set when this goes; its coroutines may go on.
    core::GuardSettings guards_;
};

}  // namespace doze::aws
