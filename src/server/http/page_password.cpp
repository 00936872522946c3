#include "server/http/page_password.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <tuple>
#include <utility>

#include "base/atomic_file.hpp"
#include "base/ownership.hpp"

namespace doze::server {
namespace {

constexpr std::string_view nobodys_password = "*";  // Not a hash, so no password matches it.

/// Wrong passwords without a delay, for typing errors.
constexpr unsigned free_tries = 3;
constexpr std::chrono::seconds longest_wait{60};

Error not_ready(std::chrono::seconds wait) {
    return {.code = ErrorCode::rate_limited,
            .message = fmt::format("Too many wrong passwords. Try again in {} seconds.", wait.count())};
}

Result<std::string> hash_of(const Secret& password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    const auto text = password.view();
    if (crypto_pwhash_str(hash.data(), text.data(), text.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                          crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        return Error{.message = "There is not enough memory to hash a password."};
    return std::string(hash.data());
}

}  // namespace

PagePassword::PagePassword(boost::asio::any_io_executor loop, std::filesystem::path file,
                           std::chrono::milliseconds lifetime)
    : loop_(std::move(loop)),
      file_(std::move(file)),
      lifetime_(lifetime),
      self_(std::make_shared<PagePassword*>(this)) {
    std::ignore = ::sodium_init();
    const auto kept = read_own_file(file_, crypto_pwhash_STRBYTES);
    if (!kept) {
        trouble_ = kept.error().text();
        hash_ = nobodys_password;
    } else if (*kept) {
        hash_ = (*kept)->empty() ? nobodys_password : **kept;
    }
}

PagePassword::~PagePassword() = default;

bool PagePassword::is_good(std::string_view key) {
    forget_expired();
    return std::ranges::any_of(keys_, [&](const Key& known) {
        return known.text.view().size() == key.size() &&
               ::sodium_memcmp(known.text.view().data(), key.data(), key.size()) == 0;
    });
}

void PagePassword::forget(std::string_view key) {
    std::erase_if(keys_, [&](const Key& known) { return known.text.view() == key; });
}

void PagePassword::note_origin(std::string_view key, const std::string& origin) {
    for (auto& known : keys_)
        if (known.text.view() == key) known.origins.insert(origin);
}

std::string PagePassword::key_of(const std::string& origin) {
    forget_expired();
    std::string newest;
    for (const auto& known : keys_)
        if (known.origins.contains(origin)) newest = known.text.view();
    return newest;
}

void PagePassword::forget_expired() {
    std::erase_if(keys_, [now = Clock::now()](const Key& key) { return key.expires <= now; });
}

void PagePassword::hand_back(Done done, Error error) {
    boost::asio::post(loop_, [known = std::weak_ptr(self_), done = std::move(done), error = std::move(error)] {
        if (!known.expired()) done(error);
    });
}

void PagePassword::create(const Secret& password, Done done) {
    if (is_set())
        return hand_back(std::move(done),
                         {.code = ErrorCode::already_registered, .message = "This page has a password already."});
    if (password.view().size() < shortest || password.view().size() > longest)
        return hand_back(std::move(done),
                         {.code = ErrorCode::bad_request,
                          .message = fmt::format("A password has {} to {} bytes.", shortest, longest)});
    if (std::exchange(works_, true)) return hand_back(std::move(done), not_ready(std::chrono::seconds(1)));
    if (!thread_) thread_.emplace(1);
    boost::asio::post(
        *thread_, [known = std::weak_ptr(self_), loop = loop_, file = file_, password, done = std::move(done)] {
            auto hash = hash_of(password);
            if (hash)
                if (const auto written = write_file(file, *hash, std::nullopt, FileMode::owner_only); !written)
                    hash = written.error();
            boost::asio::post(loop, [known, hash, done] {
                if (const auto self = known.lock()) (*self)->on_created(hash, done);
            });
        });
}

void PagePassword::on_created(const Result<std::string>& hash, const Done& done) {
    works_ = false;
    if (!hash) return done(hash.error());
    hash_ = *hash;
    done(fresh_key());
}

void PagePassword::verify(const Secret& password, Done done) {
    if (!is_set())
        return hand_back(std::move(done), {.code = ErrorCode::not_found, .message = "This page has no password yet."});
    const auto now = Clock::now();
    if (now < next_try_)
        return hand_back(std::move(done), not_ready(std::chrono::ceil<std::chrono::seconds>(next_try_ - now)));
    if (password.view().size() > longest)
        return hand_back(std::move(done), {.code = ErrorCode::unauthorized, .message = "That is not the password."});
    if (std::exchange(works_, true)) return hand_back(std::move(done), not_ready(std::chrono::seconds(1)));
    if (!thread_) thread_.emplace(1);
    boost::asio::post(*thread_,
                      [known = std::weak_ptr(self_), loop = loop_, hash = hash_, password, done = std::move(done)] {
                          const auto text = password.view();
                          const bool right = ::crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) == 0;
                          boost::asio::post(loop, [known, right, done] {
                              if (const auto self = known.lock()) (*self)->on_verified(right, done);
                          });
                      });
}

void PagePassword::on_verified(bool right, const Done& done) {
    works_ = false;
    if (right) {
        wrong_ = 0;
        return done(fresh_key());
    }
    if (++wrong_ >= free_tries) {
        const auto doubled = std::chrono::seconds(1LL << std::min(wrong_ - free_tries, 6U));
        next_try_ = Clock::now() + std::min(doubled, longest_wait);
    }
    done(Error{.code = ErrorCode::unauthorized, .message = "That is not the password."});
}

Secret PagePassword::fresh_key() {
    forget_expired();
    if (keys_.size() == most_keys) keys_.pop_front();
    std::array<unsigned char, 32> random{};
    ::randombytes_buf(random.data(), random.size());
    std::array<char, 2 * random.size() + 1> text{};
    ::sodium_bin2hex(text.data(), text.size(), random.data(), random.size());
    const Secret key(text.data());
    keys_.push_back({.text = key, .expires = Clock::now() + lifetime_});
    return key;
}

PageEntrance::PageEntrance(PagePassword* password, Visitor visitor, std::function<void()> on_wrong)
    : password_(password), visitor_(std::move(visitor)), on_wrong_(std::move(on_wrong)) {
    if (password_ && !visitor_.origin.empty()) key_ = Secret(password_->key_of(visitor_.origin));
}

void PageEntrance::choose(const Secret& password, Done done) {
    password_->create(password, then_enter(std::move(done)));
}

void PageEntrance::verify(const Secret& password, Done done) {
    password_->verify(password, then_enter(std::move(done)));
}

/// The connection may be closed by then.
PageEntrance::Done PageEntrance::then_enter(Done done) {
    return [known = weak_from_this(), done = std::move(done)](const Result<Secret>& key) {
        if (const auto self = known.lock()) {
            if (key)
                self->enter(*key);
            else if (key.error().code == ErrorCode::unauthorized)
                self->on_wrong_();
        }
        done(key);
    };
}

Result<void> PageEntrance::verify_key(const Secret& key) {
    if (!password_->is_good(key.view())) {
        on_wrong_();
        return Error{.code = ErrorCode::unauthorized, .message = "The key is not known any more."};
    }
    enter(key);
    return {};
}

void PageEntrance::enter(const Secret& key) {
    key_ = key;
    if (!visitor_.origin.empty()) password_->note_origin(key.view(), visitor_.origin);
}

void PageEntrance::log_out() {
    if (password_) password_->forget(key_.view());
    key_ = Secret();
}

Error password_needed(const PagePassword& password) {
    if (!password.is_set())
        return {.code = ErrorCode::unauthorized,
                .message = "The page's password (web.password in settings.json) is not chosen yet.",
                .next_step = "Open doze's page on this machine and choose it, or send CREATE_PASSWORD."};
    return {.code = ErrorCode::unauthorized,
            .message = "The page's password is needed first.",
            .next_step = "Send VERIFY_PASSWORD; HTTP wants its key as Authorization: Bearer."};
}

}  // namespace doze::server
