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

/// One request and its answer on a curl easy handle. Never copied or moved: curl holds pointers to it.
class Transfer : public std::enable_shared_from_this<Transfer> {
   public:
    /// An error is a request that can't be sent at all: a URL or header that is none.
    [[nodiscard]] static Result<std::shared_ptr<Transfer>> open(ports::HttpRequest request, const HttpLimits& limits,
                                                                const boost::asio::any_io_executor& executor);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    /// Wipes headers and body of the request.
    ~Transfer();

    [[nodiscard]] CURL* easy() { return easy_.get(); }

    /// The transfer that an easy handle belongs to.
    [[nodiscard]] static std::shared_ptr<Transfer> of(CURL* easy);

    /// curl is through with it.
    void finish(CURLcode code);

    /// It will never be carried over: the client closed.
    void finish_unsent();

    /// Set when the transfer finishes.
    [[nodiscard]] AsyncEvent& done() { return done_; }

    /// What came of it; where the wait was given up before the end, an error that says so.
    [[nodiscard]] Result<ports::HttpResponse> take_result();

   private:
    static constexpr long wants_a_password = 407;

    Transfer(ports::HttpRequest request, const HttpLimits& limits, const boost::asio::any_io_executor& executor,
             Handle<CURL, curl_easy_cleanup> easy);

    static std::size_t on_header(char* data, std::size_t size, std::size_t count, void* self);
    static std::size_t on_body(char* data, std::size_t size, std::size_t count, void* self);
    static int on_request(void* self, char* to, char* from, int to_port,
                          int from_port);  ///< Before each time it is sent.

    /// False where curl refuses the URL.
    [[nodiscard]] bool prepare();
    void prepare_method();
    [[nodiscard]] bool prepare_headers();
    void prepare_trust_and_proxy();
    void settle(Result<ports::HttpResponse> result);
    [[nodiscard]] Error error_of(CURLcode code) const;

    /// What the proxy has to do with it; none where that is nothing.
    [[nodiscard]] std::optional<Error> error_of_proxy(CURLcode code) const;
    [[nodiscard]] bool was_refused() const;
    [[nodiscard]] long code_of_proxy() const;

    ports::HttpRequest request_;
    HttpLimits limits_;
    std::string host_;  ///< "ec2.eu-west-1.amazonaws.com" or "127.0.0.1:5000", for messages.
    std::optional<Proxy> proxy_;
    std::string ca_file_;     ///< The file of trusted certificates; empty for the system's.
    std::string ca_file_by_;  ///< Who names it, for messages.
    AsyncEvent done_;
    ports::HttpResponse response_;
    int requests_ = 0;  ///< How often it was sent: curl says it again where a kept connection turns out to be dead.
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    std::optional<Result<ports::HttpResponse>> result_;
    std::array<char, CURL_ERROR_SIZE> detail_{};
    Handle<curl_slist, curl_slist_free_all> headers_;
    Handle<CURL, curl_easy_cleanup> easy_;
};

}  // namespace doze::http
