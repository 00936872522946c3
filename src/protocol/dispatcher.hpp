#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "commands/handlers.hpp"
#include "commands/host.hpp"
#include "protocol/encoder.hpp"

namespace doze::protocol {

/// Answers commands in the two forms of docs/protocol.md (text and JSON), whatever transport they came by: decodes a
/// message, has commands/ handle it, and encodes the reply. Lives on the loop's thread.
class Dispatcher {
   public:
    /// Smaller limits than this are taken as this.
    static constexpr std::size_t smallest_reply = 512;

    /// Called exactly once per message, perhaps before handle() returns, perhaps minutes later; never for
    /// USER_ACTIVITY. The text is valid JSON in valid UTF-8 of at most `max_reply` bytes, without a line
    /// end, and lives as long as the call.
    using Reply = Encoder::Send;

    /// `host` must outlive the dispatcher and every reply that is still out.
    Dispatcher(commands::Host& host, commands::ProgramInfo about);

    /// Takes any bytes. `max_reply` is the most bytes that the transport carries; SIZE_MAX for no limit. EVENTS
    /// subscribes `listener`, the connection that the message came by; none where there is none.
    void handle(std::string_view message, std::size_t max_reply, Reply reply,
                std::weak_ptr<commands::EventSink> listener = {});

    /// Welcomes a connection that hears events from its start, as a WebSocket does: the greeting is what it hears
    /// first, and the person's timer comes each second. Others are greeted when they send EVENTS.
    void greet(const std::shared_ptr<commands::EventSink>& listener);

   private:
    struct Shared;  ///< With the replies that are still out.
    struct Reception;

    std::shared_ptr<Shared> shared_;
};

}  // namespace doze::protocol
