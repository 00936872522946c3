#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/http_client.hpp"

namespace doze::aws {

/// Answers by a function of the request, one turn of the loop later, and keeps what it was asked.
class FakeHttp final : public ports::HttpClient {
   public:
    boost::asio::awaitable<Result<ports::HttpResponse>> send(ports::HttpRequest request) override {
        requests.push_back(request);
        co_await boost::asio::post(co_await boost::asio::this_coro::executor, boost::asio::use_awaitable);
        co_return answer(request);
    }

    /// The requests whose URL holds this.
    [[nodiscard]] std::vector<ports::HttpRequest> to(std::string_view part) const {
        std::vector<ports::HttpRequest> found;
        for (const auto& request : requests) {
            if (request.url.find(part) != std::string::npos) found.push_back(request);
        }
        return found;
    }

    static Result<ports::HttpResponse> nobody() {
        return Error{.code = ErrorCode::aws_error, .message = "refused.", .recovery = Recovery::tell};
    }
    static Result<ports::HttpResponse> ok(std::string body) {
        return ports::HttpResponse{.status = 200, .headers = {}, .body = std::move(body)};
    }

    std::function<Result<ports::HttpResponse>(const ports::HttpRequest&)> answer = [](const auto&) { return nobody(); };
    std::vector<ports::HttpRequest> requests;
};

/// The header of a request; "" where it has none.
inline std::string header_of(const ports::HttpRequest& request, std::string_view name) {
    for (const auto& [key, value] : request.headers) {
        if (key == name) return value;
    }
    return {};
}

}  // namespace doze::aws
