#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::server {

/// Why a request is refused before it reaches a handler: the HTTP status, and a sentence.
struct BadFraming {
    unsigned status;
    std::string message;
};

/// The length of a request's body, according to its head.
struct BodyLength {
    bool is_chunked = false;
    std::size_t bytes = 0;  ///< If it is not chunked.

    [[nodiscard]] bool has_body() const { return is_chunked || bytes > 0; }
};

/// Checks the head of a request strictly by RFC 9112 and RFC 9110, as it arrives: anything that two programs could
/// interpret differently (request smuggling) is refused. A head that passes means the same to every parser. Pure.
class HeadCheck {
   public:
    static constexpr std::size_t longest_line = 8000;  ///< The request line.
    static constexpr std::size_t longest_head = 8 << 10;

    /// `input` is the data received so far, always from the start of the head. Returns the size of the head once it is
    /// complete, 0 before. A newer HTTP/1 version is changed to HTTP/1.1 in place.
    [[nodiscard]] std::size_t put(std::string& input);

    /// Why the head is refused; empty while it is valid.
    [[nodiscard]] const std::optional<BadFraming>& refusal() const { return refusal_; }

    /// REQUIRES: put() returned a size.
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
    std::string singles_;  ///< Names seen so far that must not be repeated.
};

/// Decodes a chunked body. Pure.
class ChunkedBody {
   public:
    explicit ChunkedBody(std::size_t longest) : longest_(longest) {}

    /// Takes as much as possible from the beginning of `input`. True once the body has ended, including its trailer.
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
    std::size_t left_ = 0;           ///< Of the current chunk.
    std::size_t trailer_bytes_ = 0;  ///< Includes the chunks' extensions.
    std::string body_;
    std::optional<BadFraming> refusal_;
};

/// Parts of a response's head that don't depend on the response.
struct HeadContext {
    bool keep_alive = true;
    std::string_view allowed_origin = {};  ///< The request's Origin, if it passed the gate.
};

/// The head of a response, including the empty line. Headers with control characters are left out.
[[nodiscard]] std::string http_head(const rest::WebReply& reply, const HeadContext& context);

/// The response to a preflight: what an allowed page may send.
[[nodiscard]] rest::WebReply preflight_reply();

/// An error in the format of the text form's errors.
[[nodiscard]] rest::WebReply web_error(unsigned status, const Error& error);

}  // namespace doze::server
