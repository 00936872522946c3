// The UDP server by itself, over a doze that knows nothing: no AWS, no keyboard, no files.
//
//     example_udp_server [--seconds N] [--port P]
//
// Then, from another terminal: echo -n PING | nc -u -w1 127.0.0.1 20200

#include "server/udp/udp_server.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <charconv>
#include <fmt/format.h>
#include <string_view>

#include "core/engine.hpp"
#include "ports/clock.hpp"
#include "protocol/dispatcher.hpp"

using namespace doze;

namespace {

/// What the commands need of a program around them, with as little program as that can be.
class EmptyHost : public commands::Host {
   public:
    [[nodiscard]] core::SystemView view() const override { return core::SystemView(state_); }
    [[nodiscard]] core::Now now() const override { return clock_.now(); }
    void post(core::Event) override {}
    void request(const std::function<core::Event(core::RequestId)>&, Done done) override {
        done(Error{.code = ErrorCode::internal, .message = "This example carries out no orders."});
    }
    [[nodiscard]] std::shared_ptr<void> hold(std::string, Done done) override {
        request({}, std::move(done));
        return nullptr;
    }
    [[nodiscard]] Result<std::vector<core::HistoryLine>> history(const core::HistoryQuery&) override {
        return std::vector<core::HistoryLine>();
    }
    [[nodiscard]] const commands::Counters& tally() const override { return tally_; }
    void subscribe(std::weak_ptr<commands::EventSink>) override {}

   private:
    commands::Counters tally_;
    ports::SystemClock clock_;
    core::State state_ = core::start({}, std::nullopt, clock_.now());
};

int number_of(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

int main(int argc, char** argv) {
    int seconds = 0;
    server::UdpOptions options;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (std::string_view(argv[i]) == "--seconds") seconds = number_of(argv[i + 1]);
        if (std::string_view(argv[i]) == "--port")
            options.address.port = static_cast<std::uint16_t>(number_of(argv[i + 1]));
    }

    boost::asio::io_context loop(1);
    EmptyHost host;
    protocol::Dispatcher dispatcher(host, {.version = "example", .started = host.now().boot});
    const auto server = server::UdpServer::open(loop, options, dispatcher,
                                                [](std::string_view warning) { fmt::print("{}\n", warning); });
    if (!server) {
        fmt::print(stderr, "{}\n", server.error().text());
        return 1;
    }
    fmt::print("Listening on {}:{}. Try: echo -n PING | nc -u -w1 {} {}\n", options.address.ip, (*server)->port(),
               options.address.ip, (*server)->port());
    std::fflush(stdout);

    boost::asio::steady_timer end(loop);
    if (seconds > 0) {
        end.expires_after(std::chrono::seconds(seconds));
        end.async_wait([&](boost::system::error_code) { loop.stop(); });
    }
    loop.run();
    fmt::print("Answered {} datagrams.\n", (*server)->counts().received);
}
