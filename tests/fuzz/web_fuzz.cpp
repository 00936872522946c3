// Any bytes of a client of the web port are answered with HTTP, or as a WebSocket, or refused.
#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "server/http/assets.hpp"
#include "server/http/http_session.hpp"
#include "server/http/router.hpp"

namespace {

using namespace doze;
using namespace doze::server;

/// What a client sends, in pieces, and then no more.
class Bytes final : public Stream {
   public:
    Bytes(boost::asio::io_context& loop, std::string_view bytes, std::size_t piece)
        : loop_(loop), bytes_(bytes), piece_(piece) {}

    void open(Done done) override {
        post(loop_, [done] { done({}); });
    }
    void read(Read done) override {
        post(loop_, [this, done] {
            const auto piece = bytes_.substr(0, piece_);
            bytes_.remove_prefix(piece.size());
            if (piece.empty()) return done(boost::asio::error::eof, {});
            done({}, piece);
        });
    }
    void write(std::string_view text, Done done) override {
        if (!std::exchange(wrote_, true) && !text.starts_with("HTTP/1.1 ")) std::abort();
        post(loop_, [done] { done({}); });
    }
    void end() override {}
    void close() override { bytes_ = {}; }

   private:
    boost::asio::io_context& loop_;
    std::string_view bytes_;
    std::size_t piece_;
    bool wrote_ = false;
};

void talk(std::string_view bytes, std::size_t piece) {
    boost::asio::io_context loop;
    const auto complaints = std::make_shared<Complaints>(Warn());
    auto routes = own_routes();
    for (const auto* method : {"GET", "POST"})
        routes.push_back({.method = method,
                          .path = "/*",
                          .handler = [](const rest::WebRequest& request, const auto& reply, const auto&) {
                              if (request.body.size() > HttpSession::longest_body) std::abort();
                              reply({.body = request.body, .stays_open = request.path.size() > 2});
                          }});
    const auto parts = std::make_shared<const WebParts>(WebParts{
        .gate = WebGate({.port = 20201, .allowed_origins = {"http://friend.example"}}),
        .router = Router(std::move(routes)),
        .commands = [](std::string_view message, std::size_t, const auto& reply, const auto&) { reply(message); },
        .greeter = [](const auto& listener) { listener->hear("welcome"); },
        .timeouts = {},
        .admission = Admission::open({.requests_per_second = 1'000'000'000}, "127.0.0.1", complaints).value(),
        .complaints = complaints,
        .adopt = [](const auto&) {},
        .gone = [](const auto&) {}});
    const auto session = std::make_shared<HttpSession>(loop.get_executor(), std::make_unique<Bytes>(loop, bytes, piece),
                                                       Admission::RemotePeer{.is_known = true}, parts);
    session->start();
    loop.poll();
    session->close();
    loop.poll();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (const auto authority = parse_authority(text)) (void)is_loopback_name(authority->host);
    const WebGate gate({.port = 20201, .allowed_origins = {"http://friend.example"}});
    // Whoever is let in has one of these names.
    if (gate.check_host(text) && !is_loopback_name(parse_authority(text)->host)) std::abort();
    if (gate.check_origin(text, "localhost:20201") && !text.starts_with("http://")) std::abort();
    (void)parse_target(text);
    (void)page_language(text);
    talk(text, data[0] % 2 == 0 ? size : data[0]);
    return 0;
}
