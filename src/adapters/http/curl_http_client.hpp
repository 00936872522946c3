#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <memory>

#include "ports/http_client.hpp"

namespace doze::http {

class CurlLoop;

/// What one answer may weigh; a heavier one is an error (`too_large`).
struct HttpLimits {
    std::size_t body_bytes = std::size_t{64} << 20;
    std::size_t header_bytes = std::size_t{64} << 10;
};

/// libcurl on the event loop, without threads but curl's own for name look-ups. Speaks HTTP/1.1 over
/// http and https, follows no redirect, takes answers packed with gzip, and keeps connections for the next request to
/// the same host.
///
/// From the environment, at each request: the CA bundle of AWS_CA_BUNDLE, the request's `ca_file`, REQUESTS_CA_BUNDLE,
/// CURL_CA_BUNDLE or SSL_CERT_FILE (the first that is set; else the system's), and the proxies of https_proxy,
/// http_proxy, all_proxy and no_proxy, or the same in capitals. no_proxy takes names, which hold for all below them
/// with a leading dot or without, addresses, networks (10.0.0.0/8), and "*". This machine's loopback and its metadata
/// services (169.254.0.0/16, fd00:ec2::/32) are never asked for through a proxy, nor is what a request wants
/// `direct`.
///
/// What curl held of a request or answer is wiped when it lets go of it.
///
/// Use on the loop's thread only. Destroy it before the io_context; requests under way then end with an
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
