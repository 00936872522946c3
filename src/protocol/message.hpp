#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
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
    std::string id = {};               ///< Of a message, as JSON.
    std::string type = {};             ///< Of the request; also of a reply that has no type of its own.
    std::string_view reply_type = {};  ///< Where it is not the request's.
    std::string_view error_type = "ERROR";
    std::size_t limit = no_limit;  ///< The most bytes that the transport carries.
    core::WallTime at = {};        ///< Of a message.

    /// Of a reply that nobody who keeps the time writes: it is now, by the system's clock.
    void stamp();

    /// Begins a reply: `{`, or the message up to `"content":{`.
    void open(JsonWriter& writer, std::string_view shown_type) const;
    void open(JsonWriter& writer) const { open(writer, type); }
    /// Ends what open() began.
    void close(std::string& out) const { out += form == ReplyForm::json ? "}}" : "}"; }
};

/// Writes an error, as far as the limit allows. Every refusal of a request is written here.
void write_error(std::string& out, const Envelope& envelope, const Error& error);

/// The reply to a message that is not even looked at: in its form, with its `id` where that is easily found.
[[nodiscard]] std::string refusal(std::string_view message, const Error& error);

class JsonWriter;

/// The longest `id` of a request, as JSON text, where replies may have `limit` bytes: room for an item
/// must remain.
[[nodiscard]] constexpr std::size_t longest_id(std::size_t limit) {
    return std::min<std::size_t>(limit / 6, 1024);
}

/// Messages nested deeper than this are refused.
constexpr std::size_t deepest_message = 32;

/// The longest message that is taken, in bytes: more than the largest UDP datagram, so that every
/// transport takes the same.
constexpr std::size_t longest_message = 65'536;

/// A JSON message of docs/protocol.md.
class Message {
   public:
    /// Takes the members of a message apart. `bad_request` if it has neither type nor action, or content
    /// that is no object.
    [[nodiscard]] static Result<Message> from(boost::json::object members);

    /// Any JSON; null if there is none.
    [[nodiscard]] const boost::json::value& id() const;
    /// `type`, or `action` where there is no type.
    [[nodiscard]] std::string_view type() const;
    /// Empty if there is none.
    [[nodiscard]] std::string_view action() const { return text("action"); }
    /// The `action` of the content; empty if there is none.
    [[nodiscard]] std::string_view content_action() const { return text_of(content(), "action"); }
    /// Empty if there is none.
    [[nodiscard]] std::string_view source() const { return text("source"); }
    /// Seconds since the epoch; 0 if there is none.
    [[nodiscard]] std::int64_t timestamp() const;
    /// Empty if there is none.
    [[nodiscard]] const boost::json::object& content() const;
    /// All members, also the unknown ones.
    [[nodiscard]] const boost::json::object& members() const { return members_; }

   private:
    explicit Message(boost::json::object members) : members_(std::move(members)) {}
    [[nodiscard]] static std::string_view text_of(const boost::json::object& members, std::string_view name);
    [[nodiscard]] std::string_view text(std::string_view name) const { return text_of(members_, name); }

    boost::json::object members_;
};

/// Begins a message of doze's own and its content; both objects are to be ended. `id` is JSON.
void begin_message(JsonWriter& writer, std::string_view id, std::string_view type, core::WallTime at);

/// The id of a reply, as JSON: that of the request, or a fresh one where it had none, or one longer than any limit of
/// replies allows.
[[nodiscard]] std::string reply_id(const boost::json::value& id);

/// A message with a fresh id and the time of the system's clock, on one line. `type`, `source` and
/// `content` must be valid UTF-8.
[[nodiscard]] std::string create(std::string_view type, const boost::json::object& content = {},
                                 std::string_view source = "client");

/// Reads a message from any bytes, or says what is wrong with it (`bad_request`, `too_large`).
[[nodiscard]] Result<Message> parse(std::string_view text);

/// The first half of parse(): any JSON object. It lives in `storage`.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text, boost::json::storage_ptr storage = {});

/// The id of a message that parse_object() refused, where it came first and was whole; else null.
[[nodiscard]] boost::json::value salvage_id(std::string_view text);

/// A random UUID (version 4) as text.
[[nodiscard]] std::string fresh_id();

}  // namespace doze::protocol
