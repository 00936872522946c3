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

/// Longest piece of a client's text that a reply repeats.
constexpr std::size_t longest_echo = 64;

enum class ReplyForm : std::uint8_t {
    text,  ///< A bare object with a status, or a bare array.
    json,  ///< A message.
    bare,  ///< The content alone, as in REST replies.
};

/// The system clock's time, for messages that the host does not write.
[[nodiscard]] core::WallTime system_time();

/// The form of a reply, and what surrounds it.
struct Envelope {
    ReplyForm form = ReplyForm::text;
    std::string id = {};               ///< Of a message, in JSON.
    std::string type = {};             ///< The request's; also that of a reply without a type of its own.
    std::string_view reply_type = {};  ///< If it differs from the request's.
    std::string_view error_type = "ERROR";
    std::size_t limit = no_limit;  ///< The transport's limit in bytes.
    core::WallTime at = {};        ///< Time of a message.

    /// Starts a reply: `{`, or the message up to `"content":{`.
    void open(JsonWriter& writer, std::string_view shown_type) const;
    void open(JsonWriter& writer) const { open(writer, type); }
    /// Ends what open() started.
    void close(std::string& out) const { out += form == ReplyForm::json ? "}}" : "}"; }
};

/// Writes an error, as far as the limit allows. All refusals of requests are written here.
void write_error(std::string& out, const Envelope& envelope, const Error& error);

/// The reply to a message that is not parsed: in its form, with its `id` if that is easily found.
[[nodiscard]] std::string refusal(std::string_view message, const Error& error);

class JsonWriter;

/// The longest `id` of a request, as JSON text, if replies have at most `limit` bytes: an item must still
/// fit.
[[nodiscard]] constexpr std::size_t longest_id(std::size_t limit) {
    return std::min<std::size_t>(limit / 6, 1024);
}

/// Messages nested deeper are refused.
constexpr std::size_t deepest_message = 32;

/// The longest message accepted, in bytes: more than the largest UDP datagram, so that all transports accept the
/// same.
constexpr std::size_t longest_message = 65'536;

/// A JSON message as in docs/protocol.md.
class Message {
   public:
    /// Parses the members of a message. `bad_request` if it has neither type nor action, or content that is not an
    /// object.
    [[nodiscard]] static Result<Message> from(boost::json::object members);

    /// Any JSON; null if it is missing.
    [[nodiscard]] const boost::json::value& id() const;
    /// `type`, or `action` if there is no type.
    [[nodiscard]] std::string_view type() const;
    /// Empty if it is missing.
    [[nodiscard]] std::string_view action() const { return text("action"); }
    /// The `action` of the content; empty if it is missing.
    [[nodiscard]] std::string_view content_action() const { return text_of(content(), "action"); }
    /// Empty if it is missing.
    [[nodiscard]] std::string_view source() const { return text("source"); }
    /// Seconds since the epoch; 0 if it is missing.
    [[nodiscard]] std::int64_t timestamp() const;
    /// Empty if it is missing.
    [[nodiscard]] const boost::json::object& content() const;
    /// All members, including unknown ones.
    [[nodiscard]] const boost::json::object& members() const { return members_; }

   private:
    explicit Message(boost::json::object members) : members_(std::move(members)) {}
    [[nodiscard]] static std::string_view text_of(const boost::json::object& members, std::string_view name);
    [[nodiscard]] std::string_view text(std::string_view name) const { return text_of(members_, name); }

    boost::json::object members_;
};

/// Starts a message of doze's own, and its content; the caller ends both objects. `id` is JSON.
void begin_message(JsonWriter& writer, std::string_view id, std::string_view type, core::WallTime at);

/// A reply's id, as JSON: the request's, or a new one if the request had none or an overlong
/// one.
[[nodiscard]] std::string reply_id(const boost::json::value& id);

/// A message with a new id and the system clock's time, on one line. `type`, `source` and `content` must be valid
/// UTF-8.
[[nodiscard]] std::string create(std::string_view type, const boost::json::object& content = {},
                                 std::string_view source = "client");

/// Parses a message from any bytes, or says what is wrong with it (`bad_request`, `too_large`).
[[nodiscard]] Result<Message> parse(std::string_view text);

/// The first half of parse(): any JSON object. It is allocated in `storage`.
[[nodiscard]] Result<boost::json::object> parse_object(std::string_view text, boost::json::storage_ptr storage = {});

/// The id of a message that parse_object() rejected, if it came first and was complete; else null.
[[nodiscard]] boost::json::value salvage_id(std::string_view text);

/// A random UUID (version 4) as text.
[[nodiscard]] std::string fresh_id();

}  // namespace doze::protocol
