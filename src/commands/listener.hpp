#pragma once

#include <memory>
#include <string_view>
#include <utility>

namespace doze::commands {

/// A connection that can carry events beside replies.
class Listener {
   public:
    virtual ~Listener() = default;

    /// One event: JSON in valid UTF-8 without a line end, which lives as long as the call. Must not block; a client
    /// that reads too slowly loses the oldest.
    virtual void hear(std::string_view event) = 0;

    /// What this connection keeps everything awake with: let go with the connection, or when another takes its place.
    void keep(std::shared_ptr<void> hold) { hold_ = std::move(hold); }
    [[nodiscard]] bool keeps() const { return hold_ != nullptr; }

   private:
    std::shared_ptr<void> hold_;
};

}  // namespace doze::commands
