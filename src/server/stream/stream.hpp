#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "server/admission/tls.hpp"

namespace doze::server {

/// A client with more bytes of unread replies is disconnected; no single reply is larger.
inline constexpr std::size_t most_unsent = 16 << 20;

/// While a client has more unread bytes, its further commands wait.
inline constexpr std::size_t enough_unsent = 256 << 10;

/// The byte stream of a connection, with or without TLS. Callbacks come from the loop, never before the call returns,
/// and with an error after close(). At most one read and one write at a time.
class Stream {
   public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Done = std::function<void(boost::system::error_code)>;

    /// The bytes are valid during the call.
    using Read = std::function<void(boost::system::error_code, std::string_view bytes)>;

    virtual ~Stream() = default;

    /// Prepares it for the first read and write.
    virtual void open(Done done) = 0;

    /// Reads some bytes, as soon as there are any.
    virtual void read(Read done) = 0;

    /// Writes all of the text, which must live until `done`.
    virtual void write(std::string_view text, Done done) = 0;

    /// Closes the sending side. The peer's data can still be read.
    virtual void end() = 0;

    virtual void close() = 0;
};

/// The bytes of the socket itself. An idle connection uses no read buffer.
[[nodiscard]] std::unique_ptr<Stream> plain_stream(Stream::Socket socket);

/// The server side of TLS. open() does the handshake; closing sends the TLS closure alert without waiting for the
/// peer's.
[[nodiscard]] std::unique_ptr<Stream> tls_stream(Stream::Socket socket, const TlsContext& context);

}  // namespace doze::server
