#include "protocol/dispatcher.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "protocol/decoder.hpp"
#include "protocol/event_encoder.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {
namespace {

using commands::EventSink;

/// Subscribes a connection to events; the first one is a greeting.
void subscribe(commands::Host& host, const commands::ProgramInfo& about, const std::shared_ptr<EventSink>& listener) {
    if (listener->is_to_be_greeted())
        listener->hear(encode(commands::Connected{.version = about.version}, host.now().wall));
    host.subscribe(listener);
}

}  // namespace

struct Dispatcher::Shared {
    commands::Host& host;
    commands::ProgramInfo about;
    Encoder encoder = {};
};

/// The destination of a reply.
struct Dispatcher::Reception {
    std::shared_ptr<Shared> shared;
    Envelope envelope;
    SendReply send;
    std::weak_ptr<EventSink> connection;

    void operator()(const Result<commands::Reply>& reply) {
        if (envelope.form == ReplyForm::json) envelope.at = shared->host.now().wall;
        shared->encoder.encode(envelope, reply, send);
        if (!reply || !std::holds_alternative<commands::EventsReply>(*reply)) return;
        if (const auto listener = connection.lock()) subscribe(shared->host, shared->about, listener);
    }
};

Dispatcher::Dispatcher(commands::Host& host, commands::ProgramInfo about)
    : shared_(std::make_shared<Shared>(Shared{host, std::move(about)})) {}

void Dispatcher::handle(std::string_view message, std::size_t max_reply, SendReply reply,
                        std::weak_ptr<EventSink> listener) {
    Reception reception{.shared = shared_,
                        .envelope = {.limit = std::max(max_reply, smallest_reply)},
                        .send = std::move(reply),
                        .connection = std::move(listener)};
    const auto request = decode(message, reception.envelope);
    if (!request) return reception(request.error());
    const auto form = reception.envelope.form == ReplyForm::text ? commands::Form::text : commands::Form::json;
    const std::weak_ptr<EventSink> connection = reception.connection;
    const std::function<commands::Completion()> later = [&] { return commands::Completion(std::move(reception)); };
    if (const auto answer = commands::handle(
            *request,
            {.host = shared_->host, .about = shared_->about, .connection = connection, .form = form, .later = later}))
        reception(*answer);
}

void Dispatcher::greet(const std::shared_ptr<EventSink>& listener) {
    listener->want_timer(true);
    subscribe(shared_->host, shared_->about, listener);
}

}  // namespace doze::protocol
