#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "commands/handshake.hpp"
#include "server/event_queue.hpp"
#include "server/handler.hpp"
#include "server/stream/framer.hpp"
#include "server/stream/stream.hpp"

namespace doze::server {

/// The rights of a connection, and the handler of its commands.
struct SessionSetup {
    ConnectionHandler handler;

    /// Counts a request; false if it exceeds the limit. Empty: no limit.
    std::function<bool()> may_ask = {};

    /// Checks the token. Empty: no token is set, and AUTH is not a command.
    commands::CheckToken check_token = {};

    /// Only AUTH is accepted until the token was shown.
    bool needs_token = false;

    /// The address by which unauthenticated connections are counted.
    std::string address = {};

    /// Called when the client turns out to speak another protocol (see Framer::foreign()) and is disconnected.
    std::function<void(std::string_view protocol)> on_foreign = {};

    /// If set, the connection is told this, and closed.
    std::optional<Error> refusal = {};
};

/// The log line about a client that was disconnected for speaking another protocol.
[[nodiscard]] std::string hung_up_on(std::string_view peer, std::string_view protocol);

/// A connection: commands in (see Framer), replies by line out, each as soon as it is known. A client with several
/// pending commands matches the replies by the ids of JSON messages. Replies are sent before events.
///
/// A client that closes its sending side still gets all replies. Keeps itself alive while it reads, writes or a reply
/// is pending; close() ends that at once.
class Session final : public commands::EventSink, public std::enable_shared_from_this<Session> {
   public:
    struct Timeouts {
        std::chrono::milliseconds for_command =
            std::chrono::seconds(30);  ///< For a command, from first byte to end; and for AUTH.
        std::chrono::milliseconds to_linger = std::chrono::seconds(2);  ///< For a refused client to hang up.

        bool operator==(const Timeouts&) const = default;
    };

    /// `gone` is called once, when the connection ends, perhaps from the destructor.
    using Gone = std::function<void(const Session&)>;

    Session(std::unique_ptr<Stream> stream, const boost::asio::any_io_executor& executor, SessionSetup setup,
            Timeouts timeouts, Gone gone);
    ~Session() override;

    void start();
    void close();
    void hear(std::string_view event) override;

    /// Whether it must still show the token.
    [[nodiscard]] bool needs_token() const { return setup_.needs_token; }

   private:
    void read();
    void on_read(boost::system::error_code error, std::string_view bytes);
    void take_commands();
    void stop_gathering();
    void take(std::string_view command);
    [[nodiscard]] bool takes_authentication(std::string_view command);
    void wait_for_more();
    void refuse(const Error& error, std::string_view command = {});
    void hang_up();
    void stop_taking();
    void linger();
    void expire_after(std::chrono::milliseconds time);
    void send(std::string_view text);
    void write();
    void on_written(boost::system::error_code error);
    [[nodiscard]] std::size_t unsent() const;
    [[nodiscard]] bool is_closed() const { return state_ == State::closed; }

    enum class State {
        fresh,  ///< No command yet; the first may be AUTH.
        serving,
        lingering,  ///< Accepts no more commands; closes once everything was sent and the client has hung up.
        closed,
    };
    enum class Input {
        at_rest,     ///< Reading; no command has begun.
        half_there,  ///< Reading the rest of a command, with the timer running.
        held_up,     ///< Reading continues once the client has read.
    };
    enum class Output { none, replies, events };

    std::unique_ptr<Stream> stream_;
    SessionSetup setup_;
    const Timeouts timeouts_;
    Gone gone_;
    Framer framer_;
    boost::asio::steady_timer timer_;  ///< Runs until AUTH, during an incomplete command, and while lingering.
    std::string writing_;              ///< Being written.
    std::string replies_;              ///< To be written next.
    EventQueue events_;
    State state_ = State::fresh;
    Input input_ = Input::at_rest;
    Output output_ = Output::none;  ///< What is being written.
    bool gathers_ = false;          ///< More replies may follow before anything is written.
    bool ended_ = false;            ///< The client has closed its sending side.
};

}  // namespace doze::server
