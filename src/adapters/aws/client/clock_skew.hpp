#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "core/model/time.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// The time in a Date header ("Mon, 05 Jan 2026 08:00:00 GMT"); empty if the answer has none.
[[nodiscard]] std::optional<core::WallTime> date_of(const ports::HttpResponse& response);

/// AWS's clock, learnt from its answers, for comparison with times that AWS reports. Between answers it follows the
/// machine's boot clock, which is never set. Pure.
class AwsTime {
   public:
    /// Takes an answer that AWS dated `date`, and when it was sent for and received.
    void learn(core::WallTime date, core::Now sent, core::Now received);

    /// How far AWS's clock is ahead of this machine's wall clock; zero if they agree or nothing is known.
    [[nodiscard]] core::Duration ahead(core::Now now) const;

   private:
    std::optional<core::Duration> from_boot_;  ///< AWS's time minus this machine's time since boot.
};

/// This machine's clock error relative to each host, known only after the host refused a signature because of it. Pure.
class ClockSkew {
   public:
    struct Correction {
        std::string say;  ///< For a person; empty if there is nothing new to say.
    };

    /// The time to sign with.
    [[nodiscard]] core::WallTime time_at(const std::string& host, core::WallTime now) const;

    /// Whether a request that `host` refused may succeed when signed again: the refusal may be due to the clock, and
    /// the Date header differs by minutes from the time `signed_at` that was signed with. If so, `time_at` follows that
    /// header from then on.
    [[nodiscard]] std::optional<Correction> learn(const std::string& host, const Error& refusal,
                                                  const ports::HttpResponse& response, core::WallTime signed_at,
                                                  core::WallTime now);

   private:
    std::map<std::string, core::Duration> offsets_;  ///< The host's clock minus this machine's.
    core::Duration told_{};
};

}  // namespace doze::aws
