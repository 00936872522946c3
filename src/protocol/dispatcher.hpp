#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "commands/handlers.hpp"
#include "commands/host.hpp"
#include "protocol/encoder.hpp"

namespace doze::protocol {

/// Answers commands in the two forms of docs/protocol.md (text and JSON), over any transport: decodes a message, has
/// commands/ handle it, and encodes the reply. Loop's thread only.
class Dispatcher {
   public:
    /// Smaller limits are raised to this.
    static constexpr std::size_t smallest_reply = 512;

    /// Called exactly once per message, perhaps before handle() returns, perhaps minutes later; never for
    /// USER_ACTIVITY. The text is valid JSON in valid UTF-8 of at most `max_reply` bytes, without a line end, and valid
    /// during the call.
    using SendReply = Encoder::Send;

    /// `host` must outlive the dispatcher and every pending reply.
    Dispatcher(commands::Host& host, commands::ProgramInfo about);

    /// Takes any bytes. `max_reply` is the transport's limit in bytes; SIZE_MAX for none. EVENTS subscribes `listener`,
    /// the message's connection; empty if there is none.
    void handle(std::string_view message, std::size_t max_reply, SendReply reply,
                std::weak_ptr<commands::EventSink> listener = {});

    /// Subscribes a connection that receives events from its start, as a WebSocket does: first the greeting, then
    /// events, with the person's timer each second. Other connections are greeted when they send EVENTS.
    void greet(const std::shared_ptr<commands::EventSink>& listener);

   private:
    struct Shared;  ///< Shared with pending replies.
    struct Reception;

    std::shared_ptr<Shared> shared_;
};

}  // namespace doze::protocol
