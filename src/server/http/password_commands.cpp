#include "server/http/password_commands.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "protocol/json_writer.hpp"
#include "protocol/message.hpp"

namespace doze::server {
namespace {

/// What these commands' types have in common: whatever has none of it is spared the parsing.
bool may_be_one(std::string_view message) {
    constexpr std::array<std::string_view, 3> words{"PASSWORD", "AUTH_KEY", "LOGOUT"};
    return std::ranges::any_of(words, [&](auto word) { return message.find(word) != std::string_view::npos; });
}

/// A text of `content`, or of the message itself.
std::string_view text_of(const protocol::Message& message, std::string_view name) {
    for (const auto* members : {&message.content(), &message.members()})
        if (const auto* found = members->if_contains(name); found && found->is_string())
            return {found->get_string().data(), found->get_string().size()};
    return {};
}

template <class Write>
std::string message_of(std::string_view id, std::string_view type, Write write) {
    std::string out;
    protocol::JsonWriter writer(out);
    protocol::begin_message(writer, id, type);
    write(writer);
    writer.end_object();
    writer.end_object();
    return out;
}

std::string status_message(std::string_view id, const PagePassword* password) {
    return message_of(id, "PASSWORD_STATUS", [&](protocol::JsonWriter& content) {
        content.member("isInitialSetup", password && !password->is_set());
        content.member("required", password != nullptr);
    });
}

std::string result_message(std::string_view id, std::string_view type, const Result<std::string>& key) {
    return message_of(id, type, [&](protocol::JsonWriter& content) {
        content.member("success", key.has_value());
        if (!key) {
            const auto text = key.error().text();
            content.member("error", std::string_view(text));
        } else if (!key->empty()) {
            content.member("authKey", std::string_view(*key));
        }
    });
}

}  // namespace

bool PasswordCommands::handle(std::string_view text, const Reply& reply, const Entered& entered,
                              const Refused& refused) {
    if (!may_be_one(text)) return false;
    const auto message = protocol::parse(text);
    if (!message) return false;
    const auto id = protocol::reply_id(message->id());
    const auto type = message->type();
    const auto answer_with = [&](std::string_view answer) {
        return [id, answer, reply, entered, refused](const Result<std::string>& key) {
            if (key) entered(*key);
            if (!key && key.error().code == ErrorCode::unauthorized && refused) refused();
            reply(result_message(id, answer, key));
        };
    };
    if (type == "PASSWORD_STATUS_CHECK") {
        reply(status_message(id, password_));
        // The original's dashboard asks for a password whatever it hears, unless it hears that one was right.
        if (!password_) reply(result_message(id, "PASSWORD_VERIFY_RESPONSE", std::string()));
    } else if (type == "CREATE_PASSWORD") {
        const auto done = answer_with("PASSWORD_CREATE_RESPONSE");
        if (password_ && !may_choose_) {
            done(Error{.code = ErrorCode::access_denied,
                       .message = "The page's password is chosen on the machine where doze runs.",
                       .next_step = "Open the page there first."});
        } else if (password_) {
            password_->create(Secret(text_of(*message, "password")), done);
        } else {
            done(Error{.code = ErrorCode::bad_request,
                       .message = "This page has no password.",
                       .next_step = "Set web.password in settings.json to true to give it one."});
        }
    } else if (type == "VERIFY_PASSWORD") {
        const auto done = answer_with("PASSWORD_VERIFY_RESPONSE");
        if (password_) {
            password_->verify(Secret(text_of(*message, "password")), done);
        } else {
            done(std::string());
        }
    } else if (type == "VERIFY_AUTH_KEY") {
        const auto key = text_of(*message, "authKey");
        Result<std::string> result = std::string(key);
        if (password_ && !password_->is_good(key))
            result = Error{.code = ErrorCode::unauthorized, .message = "The key is not known any more."};
        answer_with("PASSWORD_VERIFY_RESPONSE")(result);
    } else if (type == "LOGOUT") {
        if (password_) password_->forget(key_.view());
        key_ = Secret();
        reply(result_message(id, "LOGOUT", std::string()));
    } else {
        return false;
    }
    return true;
}

Error PasswordCommands::needed(const PagePassword& password) {
    if (!password.is_set())
        return {.code = ErrorCode::unauthorized,
                .message = "The page's password (web.password in settings.json) is not chosen yet.",
                .next_step = "Open doze's page on this machine and choose it, or send CREATE_PASSWORD."};
    return {.code = ErrorCode::unauthorized,
            .message = "The page's password is needed first.",
            .next_step = "Send VERIFY_PASSWORD; HTTP wants its key as Authorization: Bearer."};
}

}  // namespace doze::server
