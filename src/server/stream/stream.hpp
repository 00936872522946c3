#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/system/error_code.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>

#include "server/admission/tls.hpp"

namespace doze::server {

/// A client that leaves more bytes of replies than this unread is cut off; no single reply is larger.
inline constexpr std::size_t most_unsent = 16 << 20;

/// While a client leaves more than this unread, its further commands wait.
inline constexpr std::size_t enough_unsent = 256 << 10;

/// The bytes of one connection, whatever carries them. Callbacks come from the loop, never before the call returns,
/// and with an error once close() was called. At most one read and one write at a time.
class Stream {
   public:
    using Socket = boost::asio::generic::stream_protocol::socket;
    using Done = std::function<void(boost::system::error_code)>;

    /// The bytes live as long as the call.
    using Read = std::function<void(boost::system::error_code, std::string_view bytes)>;

    virtual ~Stream() = default;

    /// Makes it ready for the first read and write.
    virtual void open(Done done) = 0;

    /// Some bytes, as soon as there are any.
    virtual void read(Read done) = 0;

    /// All of the text, which must live until then.
    virtual void write(std::string_view text, Done done) = 0;

    /// Says that no more will be written. What the peer still sends can be read.
    virtual void end() = 0;

    virtual void close() = 0;
};

/// The bytes as the socket has them. A connection at rest keeps no room for reading.
[[nodiscard]] std::unique_ptr<Stream> plain_stream(Stream::Socket socket);

/// The server's end of TLS. open() shakes hands; the end of the connection is said, and not waited for.
[[nodiscard]] std::unique_ptr<Stream> tls_stream(Stream::Socket socket, const TlsContext& context);

}  // namespace doze::server
