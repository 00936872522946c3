#include "server/http/beast_stream.hpp"

#include <boost/asio/post.hpp>

namespace doze::server {
namespace {

/// Size of the buffer that an idle connection may keep.
constexpr std::size_t kept_write_room = 4096;

}  // namespace

std::size_t BeastStream::take(boost::asio::mutable_buffer room, std::string_view bytes) {
    const auto size = boost::asio::buffer_copy(room, boost::asio::buffer(bytes));
    unread_ = bytes.substr(size);
    return size;
}

void BeastStream::read(boost::asio::mutable_buffer room, Handler handler) {
    if (room.size() == 0 || !unread_.empty()) {
        const auto size = take(room, std::exchange(unread_, {}));
        return boost::asio::post(executor_, [handler = std::move(handler), size]() mutable {
            std::move(handler)(boost::system::error_code(), size);
        });
    }
    // A std::function must be copyable.
    stream_->read([this, room, shared = std::make_shared<Handler>(std::move(handler))](boost::system::error_code error,
                                                                                       std::string_view bytes) {
        std::move (*shared)(error, error ? 0 : take(room, bytes));
    });
}

void BeastStream::write(Handler handler) {
    stream_->write(writing_,
                   [this, shared = std::make_shared<Handler>(std::move(handler))](boost::system::error_code error) {
                       const auto size = writing_.size();
                       writing_.clear();
                       if (writing_.capacity() > kept_write_room) writing_ = {};
                       std::move (*shared)(error, error ? 0 : size);
                   });
}

}  // namespace doze::server
