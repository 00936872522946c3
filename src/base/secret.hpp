#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace doze {

/// Overwrites the text, then empties it. Copies left elsewhere when the string grew earlier are not reached.
void wipe(std::string& text);

/// Text whose memory is overwritten on destruction. Nothing prints it; a user of the text must call view()
/// explicitly.
class Secret {
   public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    Secret(const Secret&) = default;
    // Moving a std::string may leave short text behind in the source, so a move copies and then wipes.
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    Secret& operator=(Secret other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~Secret() { wipe(text_); }

    /// Moves the text into a secret and leaves `text` empty.
    [[nodiscard]] static Secret of(std::string& text) {
        Secret secret;
        secret.text_.swap(text);
        return secret;
    }

    [[nodiscard]] std::string_view view() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    bool operator==(const Secret&) const = default;

   private:
    std::string text_;
};

/// Keeps this process's memory from core dumps and from debuggers of the same user (not root's): no core dump, no
/// ptrace. Call before the first secret is read.
void keep_memory_private();

}  // namespace doze
