#include "commands/call.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "commands/message.hpp"

namespace doze::commands {
namespace {

/// The whole sentence, with AWS's own code where the message does not name it.
std::string sentence(const Error& error) {
    auto text = error.text();
    if (!error.aws_code.empty() && text.find(error.aws_code) == std::string::npos)
        text += " (AWS: " + error.aws_code + ")";
    return text;
}

}  // namespace

bool Call::use_json(const boost::json::value& id, std::string_view type) {
    form_ = Form::json;
    type_ = type;
    id_.clear();
    if (id.is_string()) {
        append_string(id_, {id.get_string().data(), id.get_string().size()});
    } else if (!id.is_null()) {
        id_ = with_escapes(boost::json::serialize(id));
    }
    const bool fits = id_.size() <= longest_id(limit_);
    if (id_.empty() || !fits) id_ = '"' + fresh_id() + '"';
    return fits;
}

void Call::open(JsonWriter& writer, std::string_view type) const {
    if (form_ == Form::text) return writer.begin_object();
    begin_message(writer, id_, type, host_->now().wall);
}

void Call::fail(const Error& error) const {
    auto out = take_buffer();
    const auto text = sentence(error);
    JsonWriter writer(out);
    const auto write = [&](std::size_t longest) {
        out.clear();
        open(writer, error_type_);
        if (form_ == Form::text) writer.member("status", std::string_view("error"));
        writer.member("error", to_string(error.code));
        writer.key("message");
        append_string(out, text, longest);
        if (form_ == Form::json) {
            const bool sane = !type_.empty() && type_.size() <= longest_echo;
            writer.member("request_type", sane ? std::optional<std::string_view>(type_) : std::nullopt);
        }
        close(out);
    };
    write(no_limit);
    if (out.size() > limit_) {
        write(8);
        write(limit_ - out.size() + 8);
    }
    send(std::move(out));
}

void Call::send(std::string out) const {
    reply_(out);
    give_back(std::move(out));
}

std::string Call::take_buffer() const {
    auto out = std::move(memory_->spare);
    out.clear();
    return out;
}

void Call::give_back(std::string out) const {
    constexpr std::size_t largest_kept = 64 << 10;
    if (out.capacity() <= largest_kept) memory_->spare = std::move(out);
}

}  // namespace doze::commands
