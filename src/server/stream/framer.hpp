#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/message.hpp"

namespace doze::server {

/// The name of a foreign protocol that the line belongs to: a browser's, which any web page can make send lines of its
/// own after such a line, or that of a program connected to the wrong port. Empty for every other line, whether it is a
/// command or not.
[[nodiscard]] std::string_view foreign_protocol(std::string_view line);

/// Tells text from binary data: UTF-8 without control characters, except white space, and zero bytes at the end, which
/// C clients send. Takes a line byte by byte.
class TextCheck {
   public:
    /// False once the line can't be text. Not to be called with the line end.
    [[nodiscard]] bool put(char byte) {
        if (byte >= ' ' && byte < '\x7f' && missing_ == 0 && !zero_) return true;
        return put_unusual(static_cast<unsigned char>(byte));
    }

    /// Whether the line may end here.
    [[nodiscard]] bool is_whole() const { return missing_ == 0; }

   private:
    [[nodiscard]] bool put_unusual(unsigned char byte);

    unsigned missing_ = 0;                          ///< Bytes missing from the current character.
    unsigned char lowest_ = 0x80, highest_ = 0xbf;  ///< Range of the next of them.
    bool zero_ = false;                             ///< A zero byte was seen: only white space may follow.
};

/// Splits a connection's bytes into commands: one per line, and a JSON object as soon as it is complete. A line end
/// ends every command, so a malformed object affects no other. White space between commands is dropped. Stops at binary
/// data or another protocol. Pure; takes any bytes, in pieces of any size.
class Framer {
   public:
    /// Longer commands are rejected.
    static constexpr std::size_t longest = protocol::longest_message;

    void put(std::string_view bytes);

    /// The next complete command, without its line end; valid until the next call of put(), next() or rest().
    [[nodiscard]] std::optional<std::string_view> next();

    /// The incomplete command at the end of the stream, if any: the last command needs no line end. REQUIRES: next()
    /// returned nothing.
    [[nodiscard]] std::optional<std::string_view> rest();

    /// A command exceeds `longest`. No further one follows.
    [[nodiscard]] bool is_too_long() const { return too_long_; }

    /// The foreign data found: "HTTP", "TLS". No further command follows. Empty if none was found.
    [[nodiscard]] std::string_view foreign() const { return foreign_; }

    /// Whether the stream is between two commands. REQUIRES: next() returned nothing.
    [[nodiscard]] bool is_empty() const { return buffer_.empty(); }

   private:
    std::optional<std::string_view> take_line(std::size_t end);
    [[nodiscard]] std::string_view no_text() const;
    std::nullopt_t stop_at(std::string_view protocol);
    std::string_view take(std::size_t end);
    bool completes_object(char byte);
    void forget_taken();

    std::string buffer_;
    std::size_t begin_ = 0;  ///< Start of the next command.
    std::size_t seen_ = 0;   ///< No command end before this.
    std::size_t depth_ = 0;  ///< Open braces and brackets.
    bool in_string_ = false;
    bool escaped_ = false;
    bool too_long_ = false;
    TextCheck text_;  ///< For the current command.
    std::string_view foreign_;
};

}  // namespace doze::server
