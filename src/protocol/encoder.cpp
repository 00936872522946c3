#include "protocol/encoder.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "commands/stream_event.hpp"
#include "commands/table.hpp"
#include "commands/table_params.hpp"
#include "protocol/decoder.hpp"
#include "protocol/message.hpp"
#include "protocol/page.hpp"
#include "protocol/row_writer.hpp"
#include "protocol/status_writer.hpp"

namespace doze::protocol {

std::shared_ptr<const std::string> ReplyCache::find(const Key& key, std::uint64_t revision) const {
    if (revision != revision_) return nullptr;
    for (const auto& entry : entries_)
        if (entry.scope == key.scope && entry.limit == key.limit && entry.region == key.region) return entry.reply;
    return nullptr;
}

void ReplyCache::keep(const Key& key, std::uint64_t revision, std::string_view reply) {
    constexpr std::size_t most_entries = 16;
    constexpr std::size_t longest_entry = 128 << 10;
    if (reply.size() > longest_entry) return;
    if (revision != revision_ || entries_.size() >= most_entries) entries_.clear();
    revision_ = revision;
    entries_.push_back({key.scope, std::string(key.region), key.limit, std::make_shared<const std::string>(reply)});
}

namespace {

using commands::Command;
using commands::Param;

Error does_not_fit(std::string_view what = "The reply") {
    return {.code = ErrorCode::too_large,
            .message = fmt::format("{} does not fit into what this connection carries.", what)};
}

/// The first member of a reply without content; in the text form the status says as much.
void write_result(JsonWriter& writer, ReplyForm form) {
    if (form != ReplyForm::text) writer.member("result", true);
}

void write(JsonWriter& writer, ReplyForm, const commands::PongReply&) {
    writer.member("message", std::string_view("PONG"));
}

void write(JsonWriter& writer, ReplyForm form, const commands::TestReply&) {
    if (form != ReplyForm::text) writer.member("status", std::string_view("success"));
    writer.member("message", std::string_view("This is a test message."));
    writer.member("data", std::string_view("dummy text"));
}

void write(JsonWriter& writer, ReplyForm form, const commands::EventsReply&) {
    write_result(writer, form);
    writer.member("message", std::string_view("Events follow on this connection."));
}

void write(JsonWriter& writer, ReplyForm form, const commands::DoneReply& reply) {
    write_result(writer, form);
    writer.member("message", reply.message);
}

void write(JsonWriter& writer, ReplyForm form, const commands::SnoozedReply& reply) {
    write_result(writer, form);
    writer.member("until", reply.until);
    writer.member("message", reply.message);
}

void write(JsonWriter& writer, ReplyForm form, const commands::PowerReply& reply) {
    write_result(writer, form);
    if (form != ReplyForm::text) {
        writer.member("service_type", core::info(reply.kind).command);
        writer.member("action", to_string(reply.action));
    }
    writer.member("state", reply.state);
    writer.member("message", reply.message);
}

void write(JsonWriter& writer, ReplyForm form, const commands::RegistrationReply& reply) {
    write_result(writer, form);
    if (form != ReplyForm::text) {
        writer.member("service_type", core::info(reply.registration.id.kind).command);
        write_registration(writer, reply.registration);
    }
    writer.member("message", reply.message);
}

void write(JsonWriter& writer, ReplyForm, const commands::PasswordStateReply& reply) {
    writer.member("isInitialSetup", reply.is_wanted && !reply.is_chosen);
    writer.member("required", reply.is_wanted);
}

void write(JsonWriter& writer, ReplyForm, const commands::PasswordReply& reply) {
    writer.member("success", reply.key.has_value());
    if (!reply.key) {
        writer.member("error", reply.key.error().text());
    } else if (!reply.key->empty()) {
        writer.member("authKey", reply.key->view());
    }
}

std::string write_line(const core::HistoryLine& line, std::size_t longest) {
    std::string out;
    JsonWriter writer(out, longest);
    writer.begin_object();
    writer.member("id", line.id);
    writer.member("at", std::chrono::floor<std::chrono::seconds>(line.at).time_since_epoch().count());
    writer.member("reason", line.reason);
    writer.member("level", line.level);
    writer.member("resource", line.resource.empty() ? std::nullopt : std::optional(line.resource));
    writer.member("text", line.text);
    writer.end_object();
    return out;
}

std::optional<std::string_view> if_any(std::string_view text) {
    return text.empty() ? std::nullopt : std::optional(text);
}

void write_param(JsonWriter& writer, const Param& param) {
    writer.begin_object();
    writer.member("name", param.name);
    writer.member("type", json_type(param.type));
    writer.member("required", param.required);
    writer.member("what", param.what);
    writer.end_object();
}

std::string write_command(const Command& command, std::size_t longest) {
    std::string out;
    JsonWriter writer(out, longest);
    writer.begin_object();
    writer.member("command", if_any(command.text));
    writer.member("type", if_any(command.type));
    writer.member("parts", if_any(command.parts));
    writer.member("summary", command.summary);
    if (!command.type.empty()) {
        writer.key("content");
        writer.begin_array();
        // "service_type" stands for all members that name a resource.
        if (command.resource == commands::ResourceOf::any_kind) write_param(writer, commands::service_type());
        for (const auto& param : command.params) write_param(writer, param);
        writer.end_array();
    }
    writer.end_object();
    return out;
}

/// The type of a list reply that the request does not determine.
std::string list_type(const commands::ListReply& reply) {
    if (reply.is_update) return commands::update_type(core::info(*reply.scope.kind));
    if (reply.scope.registered) return "LIST_REGISTERED_SERVICES";
    if (!reply.scope.kind) return "LIST_ALL_SERVICES";
    const auto command = core::info(*reply.scope.kind).command;
    return reply.form == commands::ListForm::refresh ? fmt::format("REFRESH_{}", command)
                                                     : fmt::format("AWS_{}_LIST", command);
}

}  // namespace

void Encoder::encode(const Envelope& envelope, const Result<commands::Reply>& reply, const Send& send) {
    if (!reply) return fail(envelope, send, reply.error());
    const auto send_one = [&](const auto& one) {
        using One = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<One, commands::NoReply>) {
            return;
        } else if constexpr (std::is_same_v<One, commands::ListReply>) {
            send_list(envelope, one, send);
        } else if constexpr (std::is_same_v<One, commands::StatusReply>) {
            send_status(envelope, one, send);
        } else if constexpr (std::is_same_v<One, commands::HistoryReply>) {
            send_array(
                envelope, send, "lines", one.lines.size(),
                [&](std::size_t i, std::size_t longest) { return write_line(one.lines[i], longest); },
                [&](JsonWriter& writer, std::size_t shown) {
                    if (shown == one.lines.size() && !one.has_more) return;
                    writer.member("truncated", true);
                    writer.member("before", one.lines[shown - 1].id);
                });
        } else if constexpr (std::is_same_v<One, commands::HelpReply>) {
            send_array(
                envelope, send, "commands", one.commands.size(),
                [&](std::size_t i, std::size_t longest) { return write_command(*one.commands[i], longest); },
                [&](JsonWriter& writer, std::size_t shown) {
                    if (shown == one.commands.size()) return;
                    writer.member("truncated", true);
                    writer.member("remaining", one.commands.size() - shown);
                });
        } else {
            send_object(envelope, envelope.reply_type.empty() ? envelope.type : envelope.reply_type, send,
                        [&](JsonWriter& writer) { write(writer, envelope.form, one); });
            if constexpr (std::is_same_v<One, commands::PasswordStateReply>) {
                // The original's dashboard asks for a password after any other reply, so it is told that one was
                // correct.
                if (!one.is_wanted)
                    send_object(envelope, "PASSWORD_VERIFY_RESPONSE", send, [&](JsonWriter& writer) {
                        write(writer, envelope.form, commands::PasswordReply{Secret()});
                    });
            }
        }
    };
    std::visit(send_one, *reply);
}

std::string Encoder::status_member(const commands::StatusReply& reply, std::string_view member) {
    std::string out;
    JsonWriter writer(out);
    write_status_member(writer, reply, member);
    return out;
}

template <class Write>
bool Encoder::send_within(const Envelope& envelope, std::string_view type, const Send& send, std::size_t longest,
                          Write write) {
    auto out = take_buffer();
    JsonWriter writer(out, longest);
    envelope.open(writer, type);
    if (envelope.form == ReplyForm::text) writer.member("status", std::string_view("success"));
    write(writer);
    envelope.close(out);
    const bool fits = out.size() <= envelope.limit;
    if (fits) {
        send_and_keep(std::move(out), send);
    } else {
        give_back(std::move(out));
    }
    return fits;
}

/// Shortens strings as far as the limit requires.
template <class Write>
void Encoder::send_object(const Envelope& envelope, std::string_view type, const Send& send, Write write) {
    for (const std::size_t longest : {no_limit, std::size_t{64}, std::size_t{24}, std::size_t{8}})
        if (send_within(envelope, type, send, longest, write)) return;
    fail(envelope, send, does_not_fit());
}

/// An array of as many whole items as fit into the limit. `item(i, longest)` returns the JSON of item i of `count`,
/// with strings of at most `longest` bytes; `rest(writer, shown)` writes the members after the array (at most 80
/// bytes).
template <class Item, class Rest>
void Encoder::send_array(const Envelope& envelope, const Send& send, std::string_view name, std::size_t count,
                         Item item, Rest rest) {
    // Room for the envelope, the array's name, and what `rest` writes.
    const auto around = longest_id(envelope.limit) + 240;
    const auto room = envelope.limit > around ? envelope.limit - around : 0;
    for (const std::size_t longest : {no_limit, std::size_t{128}, std::size_t{24}}) {
        std::vector<std::string> items;
        std::size_t size = 0;
        while (items.size() < count) {
            auto one = item(items.size(), longest);
            size += one.size() + 1;
            if (size > room) break;
            items.push_back(std::move(one));
        }
        if (items.empty() && count > 0) continue;
        return send_object(envelope, envelope.type, send, [&](JsonWriter& writer) {
            writer.key(name);
            writer.begin_array();
            for (const auto& one : items) writer.raw(one);
            writer.end_array();
            rest(writer, items.size());
        });
    }
    fail(envelope, send, does_not_fit());
}

void Encoder::fail(const Envelope& envelope, const Send& send, const Error& error) {
    auto out = take_buffer();
    write_error(out, envelope, error);
    send_and_keep(std::move(out), send);
}

void Encoder::send_status(const Envelope& envelope, const commands::StatusReply& reply, const Send& send) {
    for (const auto& depth : status_depths()) {
        const auto write_all = [&](JsonWriter& writer) { write_status(writer, reply, depth); };
        if (send_within(envelope, envelope.type, send, depth.longest, write_all)) return;
    }
    fail(envelope, send, does_not_fit("The status"));
}

void Encoder::send_list(Envelope envelope, const commands::ListReply& reply, const Send& send) {
    const bool is_text = reply.form == commands::ListForm::text;
    if (envelope.form == ReplyForm::text && !is_text) {  // The next page of a message.
        envelope.form = ReplyForm::json;
        envelope.at = reply.now.wall;
        envelope.id = '"' + fresh_id() + '"';
    }
    if (!is_text && (reply.after || reply.is_update || reply.form == commands::ListForm::refresh))
        envelope.type = list_type(reply);
    // The troubles of registrations change without a new revision.
    const bool may_keep = is_text && !reply.after && !reply.scope.registered;
    const auto revision = reply.view.revision();
    const ReplyCache::Key key{.scope = reply.scope, .region = reply.region, .limit = envelope.limit};
    if (may_keep)
        if (const auto kept = cache_.find(key, revision)) return send(*kept);
    auto out = take_buffer();
    if (const auto written = write_page(out, envelope, reply); !written) {
        give_back(std::move(out));
        return fail(envelope, send, written.error());
    }
    if (may_keep) cache_.keep(key, revision, out);
    send_and_keep(std::move(out), send);
}

std::string Encoder::take_buffer() {
    auto out = std::move(spare_);
    out.clear();
    return out;
}

void Encoder::send_and_keep(std::string out, const Send& send) {
    send(out);
    give_back(std::move(out));
}

void Encoder::give_back(std::string out) {
    constexpr std::size_t largest_kept = 64 << 10;
    if (out.capacity() <= largest_kept) spare_ = std::move(out);
}

}  // namespace doze::protocol
