#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "adapters/aws/protocol/aws_client.hpp"
#include "core/model/time.hpp"

namespace doze::aws {

/// Slows doze down before AWS has to: for each region and API a token bucket like AWS's own. Four fifths of it are for
/// whatever doze does by itself; the last fifth, with a fifth of its pace, is for the account's other users, and for
/// what a person waits for (Call::is_awaited). Where AWS throttles all the same (others use the account too), the
/// bucket is emptied and fills at half its pace, which comes back within minutes.
///
/// For the calls of one account. Pure: the time is handed in, and must not run backwards.
class Throttle {
   public:
    struct Turn {
        core::Duration wait{};  ///< Before the request may be sent; zero most of the time.
        std::string say;        ///< For a person, where they should know of the wait; else empty.
    };

    /// Takes the tokens of one request, on credit where there are too few.
    [[nodiscard]] Turn take(const Call& call, core::TimePoint now);

    /// AWS throttled the request. Returns a sentence for a person, or nothing where one was said just now.
    [[nodiscard]] std::string refused(const Call& call, core::TimePoint now);

    /// What became of the requests of one API in one region.
    struct Counts {
        std::uint64_t requests = 0;
        std::uint64_t waited = 0;     ///< Of these, held back here.
        core::Duration waited_for{};  ///< Together.
        std::uint64_t refused = 0;    ///< Throttled by AWS.
    };

    /// By region and API ("ec2:StartInstances").
    using Api = std::pair<Region, std::string>;
    [[nodiscard]] const std::map<Api, Counts>& counts() const { return counts_; }

   private:
    struct Bucket {
        double tokens = 0;
        double reserve = 0;  ///< The last fifth.
        double pace = 1;     ///< Share of the full refill rate.
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
