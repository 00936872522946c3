#pragma once

#include <string>

#include "commands/stream_event.hpp"
#include "core/model/time.hpp"

namespace doze::protocol {

/// An event as a message with an id of its own: JSON in valid UTF-8 without a line end. `at` is when it happened.
[[nodiscard]] std::string encode(const commands::StreamEvent& event, core::WallTime at);

}  // namespace doze::protocol
