#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/message.hpp"
#include "server/stream/foreign.hpp"

namespace doze::server {

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
