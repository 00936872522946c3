#pragma once

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/handle.hpp"
#include "server/complaints.hpp"
#include "server/stream/stream.hpp"

namespace doze::server {

/// Accepts connections until close(). Where the process has no room for one, it waits a moment. Lives on the loop's
/// thread.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
   public:
    using Welcome = std::function<void(Stream::Socket)>;

    /// Takes over a socket that listens. `name` begins warnings: "The TCP server".
    Acceptor(boost::asio::io_context& loop, UniqueFd listening, std::string name,
             std::shared_ptr<Complaints> complaints);

    /// `welcome` gets each connection.
    void start(Welcome welcome);
    void close();

   private:
    void accept();
    void accept_later(boost::system::error_code error);

    boost::asio::basic_socket_acceptor<boost::asio::generic::stream_protocol> acceptor_;
    boost::asio::steady_timer pause_;
    const std::string name_;
    const std::shared_ptr<Complaints> complaints_;
    Welcome welcome_;
};

}  // namespace doze::server
