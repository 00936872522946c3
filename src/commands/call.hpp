#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "commands/dispatcher.hpp"
#include "commands/host.hpp"
#include "commands/json_writer.hpp"
#include "commands/reply_cache.hpp"

namespace doze::commands {

/// The longest `id` of a request, as JSON text, where replies may have `limit` bytes: room for an item
/// must remain.
[[nodiscard]] constexpr std::size_t longest_id(std::size_t limit) {
    return std::min<std::size_t>(limit / 6, 1024);
}

/// Longest piece of a client's text that comes back in a reply.
constexpr std::size_t longest_echo = 64;

/// What a dispatcher keeps from one message to the next.
struct DispatcherState {
    ProgramInfo about;
    ReplyCache cache;
    std::string spare;  ///< Room for the next reply.
};

enum class Form { text, json };

/// One message on its way to its reply. Handlers take it by value: whoever holds it answers it, once.
class Call {
   public:
    /// A call in the text form.
    Call(Host& host, std::shared_ptr<DispatcherState> memory, std::size_t limit, Dispatcher::Reply reply,
         std::weak_ptr<EventSink> listener)
        : host_(&host),
          memory_(std::move(memory)),
          limit_(limit),
          reply_(std::move(reply)),
          listener_(std::move(listener)) {}

    [[nodiscard]] Host& host() const { return *host_; }
    [[nodiscard]] DispatcherState& memory() const { return *memory_; }
    [[nodiscard]] Form form() const { return form_; }
    [[nodiscard]] std::size_t limit() const { return limit_; }
    /// The connection that it came by; expired where there is none.
    [[nodiscard]] const std::weak_ptr<EventSink>& listener() const { return listener_; }

    /// Turns it into a call in the JSON form. A missing, null or overlong id is replaced by a fresh one;
    /// false if it was overlong.
    [[nodiscard]] bool use_json(const boost::json::value& id, std::string_view type);
    /// The reply's `type`, where it is not the request's.
    void set_type(std::string_view type) { type_ = type; }
    /// The type of an error in the JSON form, where it is not ERROR. `type` must outlive the call.
    void set_error_type(std::string_view type) { error_type_ = type; }

    /// Answers with an error, in the form of the call.
    void fail(const Error& error) const;

    /// Answers with what `write(JsonWriter&)` makes inside the open object: the members of the bare object
    /// after `"status":"success"` in the text form, those of `content` in the JSON form. Strings are cut
    /// as far as the limit demands.
    template <class Write>
    void succeed(Write write) const {
        for (const std::size_t longest : {no_limit, std::size_t{64}, std::size_t{24}, std::size_t{8}})
            if (succeed_within(write, longest)) return;
        fail({.code = ErrorCode::too_large, .message = "The reply does not fit into what this connection carries."});
    }

    /// The same with strings of at most `longest` bytes; false, and no answer, if that does not fit.
    template <class Write>
    [[nodiscard]] bool succeed_within(Write write, std::size_t longest) const {
        auto out = take_buffer();
        JsonWriter writer(out, longest);
        open(writer);
        if (form_ == Form::text) writer.member("status", std::string_view("success"));
        write(writer);
        close(out);
        const bool fits = out.size() <= limit_;
        if (fits) {
            send(std::move(out));
        } else {
            give_back(std::move(out));
        }
        return fits;
    }

    /// Begins a reply: `{` in the text form, the envelope up to `"content":{` in the JSON form.
    void open(JsonWriter& writer) const { open(writer, type_); }
    /// Ends what open() began.
    void close(std::string& out) const { out += form_ == Form::text ? "}" : "}}"; }
    /// Sends a reply as it is.
    void send(std::string out) const;
    void send_kept(const std::string& out) const { reply_(out); }

    [[nodiscard]] std::string take_buffer() const;
    void give_back(std::string out) const;

   private:
    void open(JsonWriter& writer, std::string_view type) const;

    Host* host_;
    std::shared_ptr<DispatcherState> memory_;
    Form form_ = Form::text;
    std::string id_;    ///< JSON form: the id as JSON text.
    std::string type_;  ///< JSON form.
    std::string_view error_type_ = "ERROR";
    std::size_t limit_;
    Dispatcher::Reply reply_;
    std::weak_ptr<EventSink> listener_;
};

}  // namespace doze::commands
