#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <curl/curl.h>
#include <map>
#include <memory>
#include <set>

#include "base/handle.hpp"
#include "base/result.hpp"
#include "ports/http_client.hpp"

namespace doze::http {

class SocketWatch;
class Transfer;

/// A curl multi handle driven by the event loop: curl says which sockets and which deadline to wait for, the loop
/// reports when they are ready. Loop's thread only.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
   public:
    [[nodiscard]] static Result<std::shared_ptr<CurlLoop>> open(boost::asio::any_io_executor executor);
    ~CurlLoop();
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;

    /// Starts a transfer. It finishes later, or at once if curl refuses it.
    void start(const std::shared_ptr<Transfer>& transfer);

    /// Abandons a running transfer. Has no effect on others.
    void stop(const std::shared_ptr<Transfer>& transfer);

    /// Ends all transfers with an error and accepts no more.
    void close();

    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }

   private:
    CurlLoop(boost::asio::any_io_executor executor, Handle<CURLM, curl_multi_cleanup> multi);

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch);
    static int on_timeout(CURLM* multi, long milliseconds, void* self);

    void watch(curl_socket_t socket, int what);
    void rearm(const std::shared_ptr<SocketWatch>& watch);
    void set_timer(long milliseconds);
    void advance(curl_socket_t socket, int ready);
    void collect_finished();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    std::map<curl_socket_t, std::shared_ptr<SocketWatch>> watches_;
    std::set<std::shared_ptr<Transfer>> running_;
    bool closed_ = false;
    Handle<CURLM, curl_multi_cleanup> multi_;
};

/// Starts a transfer, and stops it on destruction, that is when its waiter is cancelled.
class RunningTransfer {
   public:
    RunningTransfer(const std::shared_ptr<CurlLoop>& loop, std::shared_ptr<Transfer> transfer);
    ~RunningTransfer();
    RunningTransfer(const RunningTransfer&) = delete;
    RunningTransfer& operator=(const RunningTransfer&) = delete;

   private:
    std::weak_ptr<CurlLoop> loop_;
    std::shared_ptr<Transfer> transfer_;
};

class CurlLoop;

/// Largest accepted response; a larger one fails with `too_large`.
struct HttpLimits {
    std::size_t body_bytes = std::size_t{64} << 20;
    std::size_t header_bytes = std::size_t{64} << 10;
};

/// An HTTP client by libcurl on the event loop; the only other threads are curl's own for name resolution. Speaks
/// HTTP/1.1 over http and https, follows no redirect, accepts gzip, and keeps connections for later requests to the
/// same host.
///
/// Read from the environment at each request: the CA bundle, which is the first one set of AWS_CA_BUNDLE, the
/// request's `ca_file`, REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE and SSL_CERT_FILE, else the system's; and the proxies
/// https_proxy, http_proxy, all_proxy and no_proxy, or the same in capitals. no_proxy takes names, which match
/// all subdomains with or without a leading dot, addresses, networks (10.0.0.0/8), and "*". Loopback addresses
/// and the metadata services (169.254.0.0/16, fd00:ec2::/32) are never reached through a proxy, nor are `direct`
/// requests.
///
/// curl's copies of requests and answers are wiped when curl frees them.
///
/// Loop's thread only. Destroy it before the io_context; pending requests then end with an
/// error.
class CurlHttpClient final : public ports::HttpClient {
   public:
    [[nodiscard]] static Result<std::unique_ptr<CurlHttpClient>> open(boost::asio::any_io_executor executor,
                                                                      HttpLimits limits = {});
    ~CurlHttpClient() override;

    boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override;

   private:
    CurlHttpClient(std::shared_ptr<CurlLoop> loop, HttpLimits limits);

    std::shared_ptr<CurlLoop> loop_;
    HttpLimits limits_;
};

}  // namespace doze::http
