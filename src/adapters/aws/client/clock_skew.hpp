#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/result.hpp"
#include "core/model/time.hpp"
#include "ports/http_client.hpp"

namespace doze::aws {

/// The time of a Date header ("Mon, 05 Jan 2026 08:00:00 GMT"); none where the answer has no such header.
[[nodiscard]] std::optional<core::WallTime> date_of(const ports::HttpResponse& response);

/// AWS's clock as its answers tell it, beside this machine's: for what is compared with times that AWS tells. Goes on
/// with the machine's clock that is never set. Pure.
class AwsTime {
   public:
    /// An answer that was made at `date`, between these moments.
    void learn(core::WallTime date, core::Now sent, core::Now received);

    /// How far AWS's clock is ahead of this machine's wall clock; zero where both fit, or nothing is known.
    [[nodiscard]] core::Duration ahead(core::Now now) const;

   private:
    std::optional<core::Duration> from_boot_;  ///< AWS's time less this machine's time since its boot.
};

/// How far this machine's clock is from that of each host, as far as that host ever refused a signature for it. Pure.
class ClockSkew {
   public:
    struct Correction {
        std::string say;  ///< For a person, where they should know; else empty.
    };

    /// The time to sign with.
    [[nodiscard]] core::WallTime time_at(const std::string& host, core::WallTime now) const;

    /// Whether a request that `host` refused may succeed when signed once more: the refusal may be the clock's, and the
    /// Date header is minutes off the time `signed_at` that was signed with. From then on `time_at` follows that
    /// header.
    [[nodiscard]] std::optional<Correction> learn(const std::string& host, const Error& refusal,
                                                  const ports::HttpResponse& response, core::WallTime signed_at,
                                                  core::WallTime now);

   private:
    std::map<std::string, core::Duration> offsets_;  ///< Of the host's clock, from this machine's.
    core::Duration told_{};
};

}  // namespace doze::aws
