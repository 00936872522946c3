#pragma once

#include <functional>
#include <memory>
#include <string>

#include "commands/dispatcher.hpp"
#include "commands/host.hpp"
#include "commands/table.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// Answers requests over HTTP: below /api/v1 the commands of the table and its document (docs/protocol.md, "REST"), and
/// /metrics for Prometheus. Lives on the loop's thread.
class Api {
   public:
    /// Both must outlive the API and every reply that is still out.
    Api(commands::Dispatcher& dispatcher, commands::Host& host, commands::ProgramInfo about)
        : dispatcher_(dispatcher), host_(host), about_(std::move(about)) {}

    using Reply = std::function<void(commands::WebReply)>;

    /// As commands::WebHandler. What is not the API's is answered with 404.
    void handle(const commands::WebRequest& request, Reply reply, std::weak_ptr<commands::EventSink> listener);

   private:
    void answer(const commands::WebRequest& request, std::string_view path, Reply reply,
                std::weak_ptr<commands::EventSink> listener);
    void carry_out(const commands::WebRequest& request, const commands::Command& command, std::string_view member,
                   Reply reply);
    [[nodiscard]] commands::WebReply events(std::weak_ptr<commands::EventSink> listener);

    commands::Dispatcher& dispatcher_;
    commands::Host& host_;
    commands::ProgramInfo about_;
};

}  // namespace doze::rest
