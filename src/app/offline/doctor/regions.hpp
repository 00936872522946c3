#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>

#include "adapters/aws/protocol/aws_client.hpp"
#include "app/offline/doctor/finding.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"

/// How fast each region answers, and whether the account may use it.
namespace doze::doctor {

struct RegionFacts {
    Region region;

    /// Of one signed call that needs no permission, the median of three; the first also connects. None: it did not
    /// come in time.
    std::optional<Result<core::Duration>> answers_in;
};

/// Fills in the facts. All that is referred to must outlive it.
boost::asio::awaitable<void> examine(aws::Client& client, const ports::Clock& clock, RegionFacts& facts);

/// `credentials_work`: AWS took them somewhere.
[[nodiscard]] Finding judge_region(const RegionFacts& facts, bool credentials_work);

}  // namespace doze::doctor
