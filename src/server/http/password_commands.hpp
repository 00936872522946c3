#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "server/http/page_password.hpp"

namespace doze::server {

/// What a WebSocket says of the page's password (docs/protocol.md, "The page's password"), and what it may do.
class PasswordCommands {
   public:
    /// `password` is none where settings.json wants none; then all may do everything. `may_choose`: a password that
    /// nobody chose yet; who comes from elsewhere may not.
    explicit PasswordCommands(PagePassword* password, bool may_choose = true)
        : password_(password), may_choose_(may_choose) {}

    /// Whether other commands than these are answered, and events heard.
    [[nodiscard]] bool lets_in() const { return !password_ || password_->lets_in(key_.view()); }

    using Reply = std::function<void(std::string_view)>;

    using Entered = std::function<void(std::string_view key)>;
    using Refused = std::function<void()>;

    /// Answers the message if it is one of these, perhaps later; false if it is none. `entered` is told the key of one
    /// who was let in, which enter() wants; `refused` that a password was wrong.
    [[nodiscard]] bool handle(std::string_view text, const Reply& reply, const Entered& entered,
                              const Refused& refused = {});

    void enter(std::string_view key) { key_ = Secret(key); }

    /// Why everything else is refused while lets_in() does not hold.
    [[nodiscard]] static Error needed(const PagePassword& password);

   private:
    PagePassword* password_;
    bool may_choose_;
    Secret key_;
};

}  // namespace doze::server
