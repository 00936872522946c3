#pragma once

#include <openssl/crypto.h>
#include <string>
#include <string_view>
#include <utility>

namespace doze::cloud::aws {

/// Text that must not outlive its use: its memory is overwritten when it goes. Nothing prints it; who
/// needs the text says so with view().
class Secret {
   public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    Secret(const Secret&) = default;
    // A moved-from std::string may keep short text inside itself, so a move is a copy and a wipe.
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { other.wipe(); }
    Secret& operator=(Secret other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~Secret() { wipe(); }

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    bool operator==(const Secret&) const = default;

   private:
    void wipe() {
        // What a string that shrank or was moved from still holds lies within its capacity.
        text_.resize(text_.capacity());
        OPENSSL_cleanse(text_.data(), text_.size());
        text_.clear();
    }

    std::string text_;
};

}  // namespace doze::cloud::aws
