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

/// The password of the web page. Who knows it gets a key, random and for a while, that opens the connections which show
/// it. Kept is the hash of the password, in a file of the state folder (0600), which whoever forgot it may delete; the
/// keys live in memory alone. Wrong passwords make the next try wait. Hashing takes a thread of its own; everything
/// else, `done` included, is on the loop's thread.
class PagePassword {
   public:
    static constexpr std::chrono::hours key_lifetime{12};
    static constexpr std::size_t most_keys = 64;  ///< The oldest goes first.
    static constexpr std::size_t shortest = 8;    ///< Bytes, as `longest`.
    static constexpr std::size_t longest = 1024;

    /// A file that can't be read counts as a password that nobody knows; `trouble()` says so.
    PagePassword(boost::asio::any_io_executor loop, std::filesystem::path file,
                 std::chrono::milliseconds lifetime = key_lifetime);
    ~PagePassword();

    [[nodiscard]] bool is_set() const { return !hash_.empty(); }
    [[nodiscard]] const std::string& trouble() const { return trouble_; }

    [[nodiscard]] bool is_good(std::string_view key);

    /// Whether the key is a good one. Nobody has one before the password is chosen.
    [[nodiscard]] bool lets_in(std::string_view key) { return is_set() && is_good(key); }

    /// The key was shown on a page of this origin, which shows it once and not with each of its connections.
    void note_origin(std::string_view key, const std::string& origin);

    /// The newest good key that was shown there; empty where there is none.
    [[nodiscard]] std::string key_of(const std::string& origin);

    /// Called once, later, with a fresh key; dropped with this.
    using Done = commands::PageGate::Done;

    /// Sets it. `already_registered` where there is one, `bad_request` where the text is too short or too long.
    void create(const Secret& password, Done done);

    /// `unauthorized` for a wrong one; `rate_limited` where too many were wrong just now, or another is under way.
    void verify(const Secret& password, Done done);

    /// The key opens nothing any more.
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
    std::list<Key> keys_;  ///< The oldest first.
    bool works_ = false;   ///< The thread has something to do.
    unsigned wrong_ = 0;   ///< Passwords in a row.
    Clock::time_point next_try_{};
    std::shared_ptr<PagePassword*> self_;             ///< What the thread comes back to, unless this is gone.
    std::optional<boost::asio::thread_pool> thread_;  ///< From the first password on.
};

/// One connection of the page: until it has shown a key, nothing else is answered and no event heard.
class PageEntrance final : public commands::PageGate, public std::enable_shared_from_this<PageEntrance> {
   public:
    struct Visitor {
        bool is_near = true;  ///< On this machine.
        /// The page of settings.json that it belongs to, if any: what one connection of it showed holds for the next.
        std::string origin = {};
    };

    /// `password` is none where settings.json wants none, or not of this one; then all may do everything. `on_wrong` is
    /// told of each wrong password or key.
    PageEntrance(PagePassword* password, Visitor visitor, std::function<void()> on_wrong);

    /// Whether other commands than those of the password are answered.
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

/// Why everything else is refused while the page is locked.
[[nodiscard]] Error password_needed(const PagePassword& password);

}  // namespace doze::server
