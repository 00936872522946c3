#pragma once

#include <string>
#include <string_view>
#include <utility>

namespace doze {

/// Overwrites the text, then empties it. What it left behind where it grew earlier is not reached.
void wipe(std::string& text);

/// Text that must not outlive its use: its memory is overwritten when it goes. Nothing prints it; who
/// needs the text says so with view().
class Secret {
   public:
    Secret() = default;
    explicit Secret(std::string_view text) : text_(text) {}
    Secret(const Secret&) = default;
    // A moved-from std::string may keep short text inside itself, so a move is a copy and a wipe.
    Secret(Secret&& other) noexcept : text_(std::move(other.text_)) { wipe(other.text_); }
    Secret& operator=(Secret other) noexcept {
        text_.swap(other.text_);
        return *this;
    }
    ~Secret() { wipe(text_); }

    /// The text itself becomes the secret, and is empty afterwards.
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

/// From now on neither a crash nor a debugger of the same user (other than root's) gets at this process's memory: no
/// core dump, no ptrace. Call before the first secret is read.
void keep_memory_private();

}  // namespace doze
