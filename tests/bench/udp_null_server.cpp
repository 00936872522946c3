// The UDP server with a handler that does nothing but answer: what the transport alone costs.

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <cstdlib>

#include "server/udp/udp_server.hpp"

int main(int argc, char** argv) {
    boost::asio::io_context loop(1);
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 20200);
    const auto server =
        doze::server::UdpServer::open(loop, {.address = {.port = port}},
                                      [](std::string_view message, std::size_t,
                                         const doze::protocol::Dispatcher::SendReply& reply) { reply(message); });
    if (!server) return std::fprintf(stderr, "%s\n", server.error().text().c_str()), 1;
    std::printf("ready\n");
    std::fflush(stdout);
    loop.run();
}
