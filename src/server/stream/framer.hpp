#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/message.hpp"

namespace doze::server {

/// The protocol that a line begins as, where that is none of doze's: a browser, which any web page can make send lines
/// of its own choice after such a beginning, or a program that took the port for another one. Empty for every other
/// line, be it a command or not.
[[nodiscard]] std::string_view foreign_protocol(std::string_view line);

/// Tells text from other bytes: UTF-8 without control characters, but for white space and the zero bytes at the end,
/// which C clients send. Takes a line byte by byte.
class TextCheck {
   public:
    /// False where the line can't be text any more. Not to be called with its end.
    [[nodiscard]] bool put(char byte) {
        if (byte >= ' ' && byte < '\x7f' && missing_ == 0 && !zero_) return true;
        return put_unusual(static_cast<unsigned char>(byte));
    }

    /// Whether the line may end here.
    [[nodiscard]] bool is_whole() const { return missing_ == 0; }

   private:
    [[nodiscard]] bool put_unusual(unsigned char byte);

    unsigned missing_ = 0;                          ///< Bytes of the character that has begun.
    unsigned char lowest_ = 0x80, highest_ = 0xbf;  ///< Bounds of the next of them.
    bool zero_ = false;                             ///< Zero bytes have come: only white space may follow.
};

/// Cuts the bytes of a connection into commands: one per line, and a JSON object as soon as it is complete. A line end
/// ends every command, so that a broken object spoils no other. White space between commands is dropped. It ends where
/// something begins that is no text, or another protocol. Pure; takes any bytes, in pieces of any size.
class Framer {
   public:
    /// Longer commands are not kept.
    static constexpr std::size_t longest = protocol::longest_message;

    void put(std::string_view bytes);

    /// The next whole command, without its line end; it lives until the next call of put(), next() or rest().
    [[nodiscard]] std::optional<std::string_view> next();

    /// What has come of a command whose end will never come, if anything: the last command needs no line end.
    /// REQUIRES: next() found nothing.
    [[nodiscard]] std::optional<std::string_view> rest();

    /// A command is longer than `longest`. No more come.
    [[nodiscard]] bool is_too_long() const { return too_long_; }

    /// What has begun that is none of doze's commands: "HTTP", "TLS". No more come. Empty until then.
    [[nodiscard]] std::string_view foreign() const { return foreign_; }

    /// Between two commands. REQUIRES: next() found nothing.
    [[nodiscard]] bool is_empty() const { return buffer_.empty(); }

   private:
    std::optional<std::string_view> take_line(std::size_t end);
    [[nodiscard]] std::string_view no_text() const;
    std::nullopt_t stop_at(std::string_view protocol);
    std::string_view take(std::size_t end);
    bool completes_object(char byte);
    void forget_taken();

    std::string buffer_;
    std::size_t begin_ = 0;  ///< Of the next command.
    std::size_t seen_ = 0;   ///< Up to here it is known to be without an end.
    std::size_t depth_ = 0;  ///< Open braces and brackets.
    bool in_string_ = false;
    bool escaped_ = false;
    bool too_long_ = false;
    TextCheck text_;  ///< Of the command.
    std::string_view foreign_;
};

}  // namespace doze::server
