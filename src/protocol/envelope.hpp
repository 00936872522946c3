#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/model/time.hpp"
#include "protocol/json_writer.hpp"

namespace doze::protocol {

/// Longest piece of a client's text that comes back in a reply.
constexpr std::size_t longest_echo = 64;

enum class ReplyForm : std::uint8_t {
    text,  ///< A bare object with a status, or a bare array.
    json,  ///< A message.
    bare,  ///< Its content alone, as REST answers.
};

/// What a reply is put into.
struct Envelope {
    ReplyForm form = ReplyForm::text;
    std::string id = {};    ///< Of a message, as JSON.
    std::string type = {};  ///< Of the request; also of a reply that has no type of its own.
    std::string_view error_type = "ERROR";
    std::size_t limit = no_limit;  ///< The most bytes that the transport carries.
    core::WallTime at = {};        ///< Of a message.

    /// Begins a reply: `{`, or the message up to `"content":{`.
    void open(JsonWriter& writer, std::string_view reply_type) const;
    void open(JsonWriter& writer) const { open(writer, type); }
    /// Ends what open() began.
    void close(std::string& out) const { out += form == ReplyForm::json ? "}}" : "}"; }
};

/// Writes an error, as far as the limit allows. Every refusal of a request is written here.
void write_error(std::string& out, const Envelope& envelope, const Error& error);

/// The reply to a message that is not even looked at: in its form, with its `id` where that is easily found.
[[nodiscard]] std::string refusal(std::string_view message, const Error& error);

}  // namespace doze::protocol
