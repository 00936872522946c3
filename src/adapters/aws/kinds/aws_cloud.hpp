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

/// AWS as a ports::Cloud. Asks regions and kinds concurrently. After its destruction no callback is called and no
/// further call is sent; the result of a running call is dropped. The clients must outlive the calls. Single-threaded,
/// on `executor`.
class AwsCloud final : public ports::Cloud {
   public:
    /// The client for a profile of the AWS files; an empty name means doze's own credentials.
    using Clients = std::function<Client&(const ProfileName&)>;

    /// `time`: what the clients have learnt of AWS's clock.
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

    /// Applies to lists and descriptions that start after this.
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
    std::shared_ptr<bool> over_;  ///< Set on destruction; coroutines may still run then.
    core::GuardSettings guards_;
};

}  // namespace doze::aws
