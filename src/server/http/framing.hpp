#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// Why a request is refused before anybody asks what it wants: HTTP's own status, and a sentence.
struct BadFraming {
    unsigned status;
    std::string message;
};

/// How long the body of a request is: from its head.
struct BodyLength {
    bool is_chunked = false;
    std::size_t bytes = 0;  ///< Where it is not chunked.

    [[nodiscard]] bool has_body() const { return is_chunked || bytes > 0; }
};

/// Reads the head of a request to the letter of RFC 9112 and RFC 9110, as it comes: whatever these let two programs
/// understand differently (request smuggling) is refused. What passes means the same to every parser. Pure.
class HeadCheck {
   public:
    static constexpr std::size_t longest_line = 8000;  ///< The first one.
    static constexpr std::size_t longest_head = 8 << 10;

    /// `input` is what has come of the head, and perhaps more; what was given before stands at its beginning. The size
    /// of the head once it is whole, 0 before. A version of HTTP/1 that is newer than this is made HTTP/1.1 in place.
    [[nodiscard]] std::size_t put(std::string& input);

    /// What is wrong with it. None as long as nothing is.
    [[nodiscard]] const std::optional<BadFraming>& refusal() const { return refusal_; }

    /// REQUIRES: put() gave a size.
    [[nodiscard]] BodyLength body() const;

   private:
    void take_request_line(std::string_view line, std::string& input);
    void take_field(std::string_view line);
    void take_known(std::string_view name, std::string_view value);
    void take_length(std::string_view value);
    void take_coding(std::string_view value);
    void finish();
    void refuse(unsigned status, std::string message);

    std::optional<BadFraming> refusal_;
    std::size_t line_begin_ = 0;
    std::size_t seen_ = 0;
    bool has_request_line_ = false;
    bool is_1_1_ = false;
    bool has_length_ = false;
    bool has_coding_ = false;
    bool is_chunked_ = false;
    std::size_t length_ = 0;
    unsigned hosts_ = 0;
    std::string singles_;  ///< Names that may come once, and have.
};

/// Takes the chunks of a body out of their framing. Pure.
class ChunkedBody {
   public:
    explicit ChunkedBody(std::size_t longest) : longest_(longest) {}

    /// Takes what it can off the beginning of `input`. True once the body, with its trailer, has ended.
    [[nodiscard]] bool take(std::string& input);

    [[nodiscard]] const std::optional<BadFraming>& refusal() const { return refusal_; }
    [[nodiscard]] std::string& body() { return body_; }

   private:
    enum class State { size, data, end_of_data, trailer };

    [[nodiscard]] std::optional<std::string> take_line(std::string& input);
    void take_size(std::string_view line);
    void refuse(unsigned status, std::string message);

    std::size_t longest_;
    State state_ = State::size;
    std::size_t left_ = 0;           ///< Of the chunk.
    std::size_t trailer_bytes_ = 0;  ///< And of the extensions of chunks.
    std::string body_;
    std::optional<BadFraming> refusal_;
};

/// What a reply's head says besides the reply.
struct HeadContext {
    bool keep_alive = true;
    std::string_view allowed_origin = {};  ///< The Origin of the request, if it passed the gate.
};

/// The lines of a reply before its body, with the empty one. A header with control characters is left out.
[[nodiscard]] std::string http_head(const rest::WebReply& reply, const HeadContext& context);

/// The answer to a preflight: what an allowed page may send.
[[nodiscard]] rest::WebReply preflight_reply();

/// An error in the form that a text command's has.
[[nodiscard]] rest::WebReply web_error(unsigned status, const Error& error);

}  // namespace doze::server
