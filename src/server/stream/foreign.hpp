#pragma once

#include <string_view>

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

}  // namespace doze::server
