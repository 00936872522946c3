#pragma once

#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "commands/host.hpp"
#include "commands/table.hpp"
#include "protocol/encoder.hpp"
#include "protocol/rest/web_request.hpp"

namespace doze::rest {

/// The status of HTTP that an error has. Each code of the protocol has its own, and keeps it.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// {"error": CODE, "message": TEXT}
[[nodiscard]] WebReply refusal(unsigned status, const Error& error);
[[nodiscard]] inline WebReply refusal(const Error& error) {
    return refusal(status_of(error.code), error);
}

/// What is answered over HTTP for programs: below /api/v1 the commands of the table, events and a document of both
/// (docs/protocol.md, "REST"), and /metrics for Prometheus. Lives on the loop's thread.
class Api {
   public:
    /// The host must outlive the API and every reply that is still out.
    Api(commands::Host& host, commands::ProgramInfo about)
        : host_(host), about_(std::move(about)), encoder_(std::make_shared<protocol::Encoder>()) {}

    /// In the order in which the document shows them. The API must outlive them.
    [[nodiscard]] std::vector<Route> routes();

   private:
    using Reply = std::function<void(WebReply)>;

    void post_command(const WebRequest& request, Reply reply);
    void carry_out(const WebRequest& request, const commands::Command& command, std::string_view member, Reply reply);

    commands::Host& host_;
    commands::ProgramInfo about_;
    std::shared_ptr<protocol::Encoder> encoder_;  ///< Shared with the replies that are still out.
};

}  // namespace doze::rest
