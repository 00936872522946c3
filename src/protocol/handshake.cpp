#include "protocol/handshake.hpp"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "commands/table.hpp"
#include "protocol/decoder.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {
namespace {

/// Whether the text contains a type of this reach anywhere; if not, it need not be parsed.
bool may_be_about_password(std::string_view message) {
    static const auto types = [] {
        std::vector<std::string_view> all;
        for (const auto& command : commands::commands())
            if (command.reach == commands::Scope::page) all.emplace_back(command.type);
        return all;
    }();
    return std::ranges::any_of(types, [&](auto type) { return message.find(type) != std::string_view::npos; });
}

void answer(Envelope envelope, const Result<commands::Reply>& reply, const Encoder::Send& send) {
    envelope.at = system_time();
    Encoder().encode(envelope, reply, send);
}

}  // namespace

std::optional<Result<void>> authenticate(std::string_view message, const commands::CheckToken& check,
                                         const Encoder::Send& send) {
    Envelope envelope;
    const auto request = decode_handshake(message, commands::Scope::token, envelope);
    if (!request) return std::nullopt;
    const auto reply = commands::handle(std::get<commands::AuthRequest>(*request), check);
    if (!reply) return Result<void>(reply.error());
    answer(std::move(envelope), reply, send);
    return Result<void>();
}

bool answer_password(std::string_view message, commands::PageGate& gate, const Encoder::Send& send) {
    if (!may_be_about_password(message)) return false;
    Envelope envelope;
    const auto request = decode_handshake(message, commands::Scope::page, envelope);
    if (!request) return false;
    const std::function<commands::Completion()> later = [&] {
        return [envelope, send](const Result<commands::Reply>& reply) { answer(envelope, reply, send); };
    };
    if (const auto reply = commands::handle(std::get<commands::PasswordRequest>(*request), gate, later))
        answer(std::move(envelope), *reply, send);
    return true;
}

}  // namespace doze::protocol
