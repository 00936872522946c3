#pragma once

#include <boost/asio/awaitable.hpp>
#include <optional>
#include <string>

#include "app/offline/doctor/finding.hpp"
#include "core/model/time.hpp"
#include "ports/clock.hpp"
#include "ports/http_client.hpp"

/// This machine's clock beside AWS's: signatures that are minutes off are refused.
namespace doze::doctor {

/// How far the clock of the STS at `url` is ahead of ours, to about a second, by the date of its answer to an unsigned
/// question: one that is signed with the wrong time is not repeated with the right one.
boost::asio::awaitable<Result<core::Duration>> clock_offset(ports::HttpClient& http, std::string url,
                                                            const ports::Clock& clock);

/// None: AWS did not answer in time.
[[nodiscard]] Finding judge_clock(const std::optional<Result<core::Duration>>& offset);

}  // namespace doze::doctor
