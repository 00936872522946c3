#pragma once

#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/dispatcher.hpp"
#include "commands/host.hpp"
#include "commands/table.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// What is answered over HTTP for programs: below /api/v1 the commands of the table, events and a document of both
/// (docs/protocol.md, "REST"), and /metrics for Prometheus. Lives on the loop's thread.
class Api {
   public:
    /// Both must outlive the API and every reply that is still out.
    Api(commands::Dispatcher& dispatcher, commands::Host& host, commands::ProgramInfo about)
        : dispatcher_(dispatcher), host_(host), about_(std::move(about)) {}

    /// In the order in which the document shows them. The API must outlive them.
    [[nodiscard]] std::vector<Route> routes();

   private:
    using Reply = std::function<void(WebReply)>;

    void post_command(const WebRequest& request, Reply reply);
    void carry_out(const WebRequest& request, const commands::Command& command, std::string_view member, Reply reply);

    commands::Dispatcher& dispatcher_;
    commands::Host& host_;
    commands::ProgramInfo about_;
};

}  // namespace doze::rest
