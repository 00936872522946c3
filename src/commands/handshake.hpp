#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "commands/handlers.hpp"
#include "commands/request.hpp"

/// Handlers of the requests that let a client in. Unlike all others they need nothing of the program, only what the
/// client's connection provides.
namespace doze::commands {

/// Checks a token: `unauthorized` if it is wrong, `rate_limited` after too many wrong ones.
using CheckToken = std::function<Result<void>(std::string_view token)>;

[[nodiscard]] Result<Reply> handle(const AuthRequest& request, const CheckToken& check);

/// The password of the web page, as seen by one connection. A correct password or key lets the connection in.
class PageGate {
   public:
    virtual ~PageGate() = default;

    /// Whether settings.json asks for a password. If not, no other function is called.
    [[nodiscard]] virtual bool wants_password() const = 0;
    [[nodiscard]] virtual bool has_password() const = 0;
    /// The first password can only be chosen on the machine where doze runs.
    [[nodiscard]] virtual bool may_choose() const = 0;

    /// Called once, later, with a new key.
    using Done = std::function<void(const Result<Secret>& key)>;
    virtual void choose(const Secret& password, Done done) = 0;
    virtual void verify(const Secret& password, Done done) = 0;

    [[nodiscard]] virtual Result<void> verify_key(const Secret& key) = 0;
    virtual void log_out() = 0;
};

[[nodiscard]] ImmediateReply handle(const PasswordRequest& request, PageGate& gate,
                                    const std::function<Completion()>& later);

}  // namespace doze::commands
