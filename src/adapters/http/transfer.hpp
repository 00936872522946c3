#pragma once

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <curl/curl.h>
#include <memory>
#include <optional>
#include <string>

#include "adapters/http/curl_http_client.hpp"
#include "adapters/http/proxy.hpp"
#include "base/async_event.hpp"
#include "base/handle.hpp"
#include "ports/http_client.hpp"

namespace doze::http {

/// One request and its response on a curl easy handle. Never copied or moved: curl holds pointers to it.
class Transfer : public std::enable_shared_from_this<Transfer> {
   public:
    /// Fails if the request can't be sent at all: an invalid URL or header.
    [[nodiscard]] static Result<std::shared_ptr<Transfer>> open(ports::HttpRequest request, const HttpLimits& limits,
                                                                const boost::asio::any_io_executor& executor);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Wipes the request's headers and body.
    ~Transfer();

    [[nodiscard]] CURL* easy() { return easy_.get(); }

    /// The transfer that owns an easy handle.
    [[nodiscard]] static std::shared_ptr<Transfer> of(CURL* easy);

    /// curl has finished it.
    void finish(CURLcode code);

    /// Ends it without sending: the client was closed.
    void finish_unsent();

    /// Set when the transfer has finished.
    [[nodiscard]] AsyncEvent& done() { return done_; }

    /// The response or error; if called before the end, an error that says so.
    [[nodiscard]] Result<ports::HttpResponse> take_result();

   private:
    static constexpr long wants_a_password = 407;

    Transfer(ports::HttpRequest request, const HttpLimits& limits, const boost::asio::any_io_executor& executor,
             Handle<CURL, curl_easy_cleanup> easy);

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_request(void* self, char* to, char* from, int to_port,
                          int from_port);  ///< Called by curl before each attempt to send.

    /// False if curl refuses the URL.
    [[nodiscard]] bool prepare();
    void prepare_method();
    [[nodiscard]] bool prepare_headers();
    void prepare_trust_and_proxy();
    void settle(Result<ports::HttpResponse> result);
    [[nodiscard]] Error error_of(CURLcode code) const;

    /// The error if the proxy is to blame; empty if it is not.
    [[nodiscard]] std::optional<Error> error_of_proxy(CURLcode code) const;
    [[nodiscard]] bool was_refused() const;
    [[nodiscard]] long code_of_proxy() const;

    ports::HttpRequest request_;
    HttpLimits limits_;
    std::string host_;  ///< "ec2.eu-west-1.amazonaws.com" or "127.0.0.1:5000", for messages.
    std::optional<Proxy> proxy_;
    std::string ca_file_;     ///< The file of trusted certificates; empty: the system's.
    std::string ca_file_by_;  ///< The variable or setting that names it, for messages.
    AsyncEvent done_;
    ports::HttpResponse response_;
    int requests_ = 0;  ///< Attempts to send: curl repeats a request when a kept connection turns out to be dead.
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    std::optional<Result<ports::HttpResponse>> result_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    Handle<curl_slist, curl_slist_free_all> headers_;
    Handle<CURL, curl_easy_cleanup> easy_;
};

}  // namespace doze::http
