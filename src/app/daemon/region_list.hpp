#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/access/cloud_access.hpp"
#include "app/daemon/driver.hpp"
#include "ports/clock.hpp"

namespace doze::daemon {

/// The regions of `aws.regions: ["all"]`: asks AWS which are enabled, daily, and again soon after a failure.
class RegionList {
   public:
    /// `changed` is called on the loop whenever the set of regions changed, `failed` with each new reason for a
    /// failure. All references must outlive this.
    RegionList(boost::asio::io_context& loop, const ports::Clock& clock, access::CloudAccess& cloud,
               std::function<void()> changed, std::function<void(const Error&)> failed);

    /// Starts asking, in this region or else the default one; does nothing if already started.
    void start(std::optional<Region> ask);
    void stop();

    /// In order; empty until AWS has answered.
    [[nodiscard]] const std::vector<Region>& regions() const { return regions_; }

   private:
    void ask();
    void take(Result<std::vector<Region>> answer);

    boost::asio::io_context& loop_;
    const ports::Clock& clock_;
    access::CloudAccess& cloud_;
    std::function<void()> changed_;
    std::function<void(const Error&)> failed_;
    BootTimer again_;
    std::optional<Region> ask_;
    bool running_ = false;
    std::string told_;  ///< The last reason reported.
    std::vector<Region> regions_;
};

}  // namespace doze::daemon
