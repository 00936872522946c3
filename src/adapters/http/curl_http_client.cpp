#include "adapters/http/curl_http_client.hpp"

#include <utility>

#include "adapters/http/curl_loop.hpp"
#include "adapters/http/transfer.hpp"

namespace doze::http {

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

    // From the first suspension on, *this may be gone.
    const RunningTransfer running(loop_, transfer);
    co_await transfer->done().wait();
    co_return transfer->take_result();
}

}  // namespace doze::http
