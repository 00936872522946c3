#include "adapters/http/curl_http_client.hpp"

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <utility>

#include "adapters/http/transfer.hpp"

namespace doze::http {

namespace asio = boost::asio;

namespace {

// Idle connections kept for the next round of descriptions: three services in a dozen regions.
constexpr long kept_connections = 36;

// Botocore's default pool is 10 per endpoint; more would only reach AWS's throttling sooner.
constexpr long connections_per_host = 10;

// curl's allocator: memory is wiped before it is freed, since requests and answers may hold tokens.

void wipe_and_free(void* memory) {
    if (memory != nullptr) ::explicit_bzero(memory, ::malloc_usable_size(memory));
    std::free(memory);
}

void* move_and_wipe(void* old, std::size_t size) {
    void* const fresh = std::malloc(size);
    if (fresh == nullptr || old == nullptr) return fresh;
    std::memcpy(fresh, old, std::min(size, ::malloc_usable_size(old)));
    wipe_and_free(old);
    return fresh;
}

}  // namespace

/// A socket that curl wants watched. curl owns and closes it; the Asio descriptor only borrows it.
class SocketWatch {
   public:
    SocketWatch(const asio::any_io_executor& executor, curl_socket_t socket) : descriptor(executor, socket) {}
    ~SocketWatch() { forget(); }
    SocketWatch(const SocketWatch&) = delete;
    SocketWatch& operator=(const SocketWatch&) = delete;

    void forget() {
        if (descriptor.is_open()) descriptor.release();
        wanted = 0;
    }

    asio::posix::stream_descriptor descriptor;
    int wanted = 0;  ///< CURL_POLL_IN, _OUT or _INOUT.
    bool reading = false;
    bool writing = false;
};

Result<std::shared_ptr<CurlLoop>> CurlLoop::open(asio::any_io_executor executor) {
    static const CURLcode ready =
        curl_global_init_mem(CURL_GLOBAL_DEFAULT, std::malloc, wipe_and_free, move_and_wipe, ::strdup, std::calloc);
    Handle<CURLM, curl_multi_cleanup> multi(ready == CURLE_OK ? curl_multi_init() : nullptr);
    if (!multi) {
        return Error{.code = ErrorCode::internal, .message = "libcurl could not be started: out of memory."};
    }
    return std::shared_ptr<CurlLoop>(new CurlLoop(std::move(executor), std::move(multi)));
}

CurlLoop::CurlLoop(asio::any_io_executor executor, Handle<CURLM, curl_multi_cleanup> multi)
    : executor_(std::move(executor)), timer_(executor_), multi_(std::move(multi)) {
    CURLM* m = multi_.get();
    curl_multi_setopt(m, CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    curl_multi_setopt(m, CURLMOPT_SOCKETDATA, this);
    curl_multi_setopt(m, CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timeout);
    curl_multi_setopt(m, CURLMOPT_TIMERDATA, this);
    curl_multi_setopt(m, CURLMOPT_MAXCONNECTS, kept_connections);
    curl_multi_setopt(m, CURLMOPT_MAX_HOST_CONNECTIONS, connections_per_host);
}

CurlLoop::~CurlLoop() {
    close();
    // Closing kept connections may still call back about their sockets, so the watches must outlive the multi handle.
    multi_.reset();
}

void CurlLoop::start(const std::shared_ptr<Transfer>& transfer) {
    if (closed_) return transfer->finish_unsent();
    if (curl_multi_add_handle(multi_.get(), transfer->easy()) != CURLM_OK) return transfer->finish_unsent();
    running_.insert(transfer);
}

void CurlLoop::stop(const std::shared_ptr<Transfer>& transfer) {
    if (running_.erase(transfer) > 0) curl_multi_remove_handle(multi_.get(), transfer->easy());
}

void CurlLoop::close() {
    closed_ = true;
    for (const auto& transfer : std::exchange(running_, {})) {
        curl_multi_remove_handle(multi_.get(), transfer->easy());
        transfer->finish_unsent();
    }
    timer_.cancel();
}

int CurlLoop::on_socket(CURL*, curl_socket_t socket, int what, void* self, void*) {
    static_cast<CurlLoop*>(self)->watch(socket, what);
    return 0;
}

int CurlLoop::on_timeout(CURLM*, long milliseconds, void* self) {
    static_cast<CurlLoop*>(self)->set_timer(milliseconds);
    return 0;
}

void CurlLoop::watch(curl_socket_t socket, int what) {
    if (what == CURL_POLL_REMOVE) {
        if (const auto node = watches_.extract(socket)) node.mapped()->forget();
        return;
    }
    auto& watch = watches_[socket];
    if (!watch) watch = std::make_shared<SocketWatch>(executor_, socket);
    watch->wanted = what;
    rearm(watch);
}

void CurlLoop::rearm(const std::shared_ptr<SocketWatch>& watch) {
    const auto wait = [&](asio::posix::stream_descriptor::wait_type type, bool SocketWatch::*waiting, int poll,
                          int ready) {
        if ((watch->wanted & poll) == 0 || (*watch).*waiting) return;
        (*watch).*waiting = true;
        watch->descriptor.async_wait(
            type, [weak = weak_from_this(), watch, waiting, poll, ready](const boost::system::error_code& error) {
                (*watch).*waiting = false;
                const auto self = weak.lock();
                if (error || !self || (watch->wanted & poll) == 0) return;
                self->advance(watch->descriptor.native_handle(), ready);
                self->rearm(watch);
            });
    };
    wait(asio::posix::stream_descriptor::wait_read, &SocketWatch::reading, CURL_POLL_IN, CURL_CSELECT_IN);
    wait(asio::posix::stream_descriptor::wait_write, &SocketWatch::writing, CURL_POLL_OUT, CURL_CSELECT_OUT);
}

void CurlLoop::set_timer(long milliseconds) {
    // Called from within curl, which must not be called again from here: even a timeout of 0 goes through the loop.
    if (milliseconds < 0) {
        timer_.cancel();
        return;
    }
    timer_.expires_after(std::chrono::milliseconds(milliseconds));
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self) self->advance(CURL_SOCKET_TIMEOUT, 0);
    });
}

void CurlLoop::advance(curl_socket_t socket, int ready) {
    int still_running = 0;
    curl_multi_socket_action(multi_.get(), socket, ready, &still_running);
    collect_finished();
}

void CurlLoop::collect_finished() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        // Removing the handle invalidates the message.
        CURL* const easy = message->easy_handle;
        const CURLcode code = message->data.result;
        curl_multi_remove_handle(multi_.get(), easy);
        const auto transfer = Transfer::of(easy);
        running_.erase(transfer);
        transfer->finish(code);
    }
}

RunningTransfer::RunningTransfer(const std::shared_ptr<CurlLoop>& loop, std::shared_ptr<Transfer> transfer)
    : loop_(loop), transfer_(std::move(transfer)) {
    loop->start(transfer_);
}

RunningTransfer::~RunningTransfer() {
    if (const auto loop = loop_.lock()) loop->stop(transfer_);
}

namespace asio = boost::asio;

Result<std::unique_ptr<CurlHttpClient>> CurlHttpClient::open(asio::any_io_executor executor, HttpLimits limits) {
    auto loop = CurlLoop::open(std::move(executor));
    if (!loop) return loop.error();
    return std::unique_ptr<CurlHttpClient>(new CurlHttpClient(std::move(*loop), limits));
}

CurlHttpClient::CurlHttpClient(std::shared_ptr<CurlLoop> loop, HttpLimits limits)
    : loop_(std::move(loop)), limits_(limits) {}

CurlHttpClient::~CurlHttpClient() {
    loop_->close();
}

asio::awaitable<Result<ports::HttpResponse>> CurlHttpClient::send(ports::HttpRequest request) {
    auto opened = Transfer::open(std::move(request), limits_, loop_->executor());
    if (!opened) co_return opened.error();
    const std::shared_ptr<Transfer> transfer = std::move(*opened);

    // After the first suspension *this may be gone.
    const RunningTransfer running(loop_, transfer);
    co_await transfer->done().wait();
    co_return transfer->take_result();
}

}  // namespace doze::http
