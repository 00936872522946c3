#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "transports/web/page_password.hpp"

namespace doze::transports {

/// What a WebSocket says of the page's password (docs/protocol.md, "The page's password"), and what it may do.
class PasswordCommands {
   public:
    /// `password` is none where settings.json wants none; then all may do everything.
    explicit PasswordCommands(PagePassword* password) : password_(password) {}

    /// Whether other commands than these are answered, and events heard.
    [[nodiscard]] bool lets_in() const { return !password_ || password_->lets_in(key_.view()); }

    using Reply = std::function<void(std::string_view)>;

    using Entered = std::function<void(std::string_view key)>;

    /// Answers the message if it is one of these, once, perhaps later; false if it is none. `entered` is told the key
    /// of one who was let in, which enter() wants.
    [[nodiscard]] bool handle(std::string_view message, const Reply& reply, const Entered& entered);

    void enter(std::string_view key) { key_ = Secret(key); }

    /// Why everything else is refused while lets_in() does not hold.
    [[nodiscard]] static Error needed();

   private:
    PagePassword* password_;
    Secret key_;
};

}  // namespace doze::transports
