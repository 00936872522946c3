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

/// What one connection may do, and what becomes of its commands.
struct SessionSetup {
    ConnectionHandler handler;

    /// Whether a request is not one too many. None: there is no limit.
    std::function<bool()> may_ask = {};

    /// Tells the token from others. None: there is no token, and AUTH is no command.
    commands::CheckToken check_token = {};

    /// Nothing but AUTH is taken before the right token.
    bool needs_token = false;

    /// Whose connections are counted together as long as they have not shown the token.
    std::string address = {};

    /// Told once the client turns out to speak another protocol (see Framer::foreign()), and is hung up on.
    std::function<void(std::string_view protocol)> on_foreign = {};

    /// The connection is told this, and ends.
    std::optional<Error> refusal = {};
};

/// The line for the log about one who was hung up on.
[[nodiscard]] std::string hung_up_on(std::string_view peer, std::string_view protocol);

/// One connection: commands in (see Framer), replies by line out, each sent when it is known. A client that
/// has several commands out tells their replies apart by the ids of JSON messages. Events stand behind replies.
///
/// A client that ends its writing side still gets all replies. Keeps itself alive while it reads, writes
/// or a reply is out; close() ends that at once.
class Session final : public commands::EventSink, public std::enable_shared_from_this<Session> {
   public:
    struct Timeouts {
        std::chrono::milliseconds for_command =
            std::chrono::seconds(30);                                   ///< From its first byte to its end; until AUTH.
        std::chrono::milliseconds to_linger = std::chrono::seconds(2);  ///< Until a refused client hangs up.

        bool operator==(const Timeouts&) const = default;
    };

    /// `gone` is called once, when the connection is over; it may come with the destructor.
    using Gone = std::function<void(const Session&)>;

    Session(std::unique_ptr<Stream> stream, const boost::asio::any_io_executor& executor, SessionSetup setup,
            Timeouts timeouts, Gone gone);
    ~Session() override;

    void start();
    void close();
    void hear(std::string_view event) override;

    /// It has not shown the token, and must.
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
        fresh,  ///< No command has come; the first may be AUTH.
        serving,
        lingering,  ///< Takes no more commands, and closes once everything is sent and the client has hung up.
        closed,
    };
    enum class Input {
        at_rest,     ///< Reads; no command has begun.
        half_there,  ///< Reads on, and the timer runs for a command.
        held_up,     ///< Reads on once the client has read.
    };
    enum class Output { none, replies, events };

    std::unique_ptr<Stream> stream_;
    SessionSetup setup_;
    const Timeouts timeouts_;
    Gone gone_;
    Framer framer_;
    boost::asio::steady_timer timer_;  ///< Runs until AUTH, while a command is half there, and while it lingers.
    std::string writing_;              ///< On its way out.
    std::string replies_;              ///< What is to be written then.
    EventQueue events_;
    State state_ = State::fresh;
    Input input_ = Input::at_rest;
    Output output_ = Output::none;  ///< What is on its way out.
    bool gathers_ = false;          ///< More replies may come before anything is written.
    bool ended_ = false;            ///< The client will send no more.
};

}  // namespace doze::server
