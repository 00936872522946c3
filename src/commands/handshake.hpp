#pragma once

#include <functional>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "commands/handlers.hpp"
#include "commands/request.hpp"

/// What answers the requests that let a client in. Unlike all others they need nothing of the program: only what the
/// connection that they came by can tell.
namespace doze::commands {

/// Whether it is the token: `unauthorized` where not, `rate_limited` where too many were wrong just now.
using CheckToken = std::function<Result<void>(std::string_view token)>;

[[nodiscard]] Result<Reply> handle(const AuthRequest& request, const CheckToken& check);

/// The page's password, as one connection meets it. Whoever shows what is right is let in by that.
class PageGate {
   public:
    virtual ~PageGate() = default;

    /// Whether settings.json wants a password. Where it does not, nothing but this is asked.
    [[nodiscard]] virtual bool wants_password() const = 0;
    [[nodiscard]] virtual bool has_password() const = 0;
    /// A first password is chosen on the machine where doze runs.
    [[nodiscard]] virtual bool may_choose() const = 0;

    /// Called once, later, with a fresh key.
    using Done = std::function<void(const Result<Secret>& key)>;
    virtual void choose(const Secret& password, Done done) = 0;
    virtual void verify(const Secret& password, Done done) = 0;

    [[nodiscard]] virtual Result<void> verify_key(const Secret& key) = 0;
    virtual void log_out() = 0;
};

[[nodiscard]] Answer handle(const PasswordRequest& request, PageGate& gate, const std::function<Completion()>& later);

}  // namespace doze::commands
