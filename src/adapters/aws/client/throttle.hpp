#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

/// Slows doze down before AWS has to: a token bucket like AWS's own for each region and API. Four fifths of a bucket
/// are for doze's automatic work; the last fifth, with a fifth of the refill rate, is left for the account's other
/// users, and for calls that a person waits for (Call::is_awaited). If AWS throttles nevertheless (because of other
/// users), the bucket is emptied and refills at half its rate, which recovers within minutes.
///
/// For the calls of one account. Pure: the caller passes the time, which must not run backwards.
class Throttle {
   public:
    struct Turn {
        core::Duration wait{};  ///< Before the request may be sent; usually zero.
        std::string say;        ///< Tells a person about a long wait; else empty.
    };

    /// Takes the tokens of one request, on credit if there are too few.
    [[nodiscard]] Turn take(const Call& call, core::TimePoint now);

    /// Call when AWS throttled a request. Returns a sentence for a person, or nothing if one was returned recently.
    [[nodiscard]] std::string refused(const Call& call, core::TimePoint now);

    /// Statistics for one API in one region.
    struct Counts {
        std::uint64_t requests = 0;
        std::uint64_t waited = 0;     ///< Delayed by this throttle.
        core::Duration waited_for{};  ///< In total.
        std::uint64_t refused = 0;    ///< Throttled by AWS.
    };

    /// By region and API ("ec2:StartInstances").
    using Api = std::pair<Region, std::string>;
    [[nodiscard]] const std::map<Api, Counts>& counts() const { return counts_; }

   private:
    struct Bucket {
        double tokens = 0;
        double reserve = 0;  ///< The last fifth.
        double pace = 1;     ///< Fraction of the full refill rate.
        core::TimePoint filled_at;
        core::TimePoint slowed_at;
    };

    Bucket& filled(const Call& call, std::size_t index, core::TimePoint now);
    [[nodiscard]] bool may_say(const Api& api, core::TimePoint now);

    std::map<std::pair<Region, std::string>, Bucket> buckets_;
    std::map<Api, Counts> counts_;
    std::map<Api, core::TimePoint> said_at_;
};

}  // namespace doze::aws
