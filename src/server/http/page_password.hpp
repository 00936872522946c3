#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/secret.hpp"
#include "commands/handshake.hpp"

namespace doze::server {

/// The password of the web page. A client that knows it gets a key: random, of limited lifetime, and accepted from its
/// further connections. Only the password's hash is stored, in a file in the state folder (0600), which can be deleted
/// if the password is forgotten; keys exist in memory only. Wrong passwords delay the next attempt. Hashing has a
/// thread of its own; everything else, including `done`, runs on the loop's thread.
class PagePassword {
   public:
    static constexpr std::chrono::hours key_lifetime{12};
    static constexpr std::size_t most_keys = 64;  ///< Beyond this, the oldest is dropped.
    static constexpr std::size_t shortest = 8;    ///< In bytes, like `longest`.
    static constexpr std::size_t longest = 1024;

    /// An unreadable file counts as a password that nobody knows; `trouble()` says so.
    PagePassword(boost::asio::any_io_executor loop, std::filesystem::path file,
                 std::chrono::milliseconds lifetime = key_lifetime);
    ~PagePassword();

    [[nodiscard]] bool is_set() const { return !hash_.empty(); }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

    [[nodiscard]] bool is_good(std::string_view key);

    /// Whether the key is valid. No key is before the password is set.
    [[nodiscard]] bool lets_in(std::string_view key) { return is_set() && is_good(key); }

    /// Records that a page of this origin has shown the key, so that its other connections need not.
    void note_origin(std::string_view key, const std::string& origin);

    /// The newest valid key shown by that origin; empty if there is none.
    [[nodiscard]] std::string key_of(const std::string& origin);

    /// Called once, later, with a new key; dropped if this object is destroyed.
    using Done = commands::PageGate::Done;

    /// Sets the password. `already_registered` if there is one, `bad_request` if the text is too short or too long.
    void create(const Secret& password, Done done);

    /// Fails with `unauthorized` for a wrong one; with `rate_limited` after too many wrong ones, or while another is
    /// checked.
    void verify(const Secret& password, Done done);

    /// Invalidates the key.
    void forget(std::string_view key);

   private:
    using Clock = std::chrono::steady_clock;
    struct Key {
        Secret text;
        Clock::time_point expires;
        std::set<std::string> origins = {};
    };

    void hand_back(Done done, Error error);
    void on_created(const Result<std::string>& hash, const Done& done);
    void on_verified(bool right, const Done& done);
    [[nodiscard]] Secret fresh_key();
    void forget_expired();

    boost::asio::any_io_executor loop_;
    std::filesystem::path file_;
    std::chrono::milliseconds lifetime_;
    std::string hash_;
    std::string trouble_;
    std::list<Key> keys_;  ///< Oldest first.
    bool works_ = false;   ///< The thread is busy.
    unsigned wrong_ = 0;   ///< Consecutive wrong passwords.
    Clock::time_point next_try_{};
    std::shared_ptr<PagePassword*> self_;             ///< For the thread's results; expired once this object is gone.
    std::optional<boost::asio::thread_pool> thread_;  ///< Created for the first password.
};

/// A connection of the page: until it has shown a key, no other command is answered and no event sent.
class PageEntrance final : public commands::PageGate, public std::enable_shared_from_this<PageEntrance> {
   public:
    struct Visitor {
        bool is_near = true;  ///< On this machine.
        /// The page of settings.json that it belongs to, if any: a key shown by one of its connections is valid for the
        /// next.
        std::string origin = {};
    };

    /// `password` is null if settings.json asks for none, or not for this connection; then everything is allowed.
    /// `on_wrong` is called for each wrong password or key.
    PageEntrance(PagePassword* password, Visitor visitor, std::function<void()> on_wrong);

    /// Whether commands other than those of the password are answered.
    [[nodiscard]] bool lets_in() const { return !password_ || password_->lets_in(key_.view()); }

    [[nodiscard]] bool wants_password() const override { return password_ != nullptr; }
    [[nodiscard]] bool has_password() const override { return password_ && password_->is_set(); }
    [[nodiscard]] bool may_choose() const override { return visitor_.is_near; }
    void choose(const Secret& password, Done done) override;
    void verify(const Secret& password, Done done) override;
    [[nodiscard]] Result<void> verify_key(const Secret& key) override;
    void log_out() override;

   private:
    [[nodiscard]] Done then_enter(Done done);
    void enter(const Secret& key);

    PagePassword* password_;
    const Visitor visitor_;
    const std::function<void()> on_wrong_;
    Secret key_;
};

/// The error for all other commands while the page is locked.
[[nodiscard]] Error password_needed(const PagePassword& password);

}  // namespace doze::server
