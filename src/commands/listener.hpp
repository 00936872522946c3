#pragma once

#include <string_view>

namespace doze::commands {

/// A connection that can carry events beside replies.
class Listener {
   public:
    virtual ~Listener() = default;

    /// One event: JSON in valid UTF-8 without a line end, which lives as long as the call. Must not block; a client
    /// that reads too slowly loses the oldest.
    virtual void hear(std::string_view event) = 0;
};

}  // namespace doze::commands
