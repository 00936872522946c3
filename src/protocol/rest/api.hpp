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

/// The HTTP status of an error. Each error code has its own, which must not change.
[[nodiscard]] unsigned status_of(ErrorCode code);

/// {"error": CODE, "message": TEXT}
[[nodiscard]] WebReply refusal(unsigned status, const Error& error);
[[nodiscard]] inline WebReply refusal(const Error& error) {
    return refusal(status_of(error.code), error);
}

/// The HTTP API for programs: below /api/v1 the commands of the table, events, and a document of both
/// (docs/protocol.md, "REST"), and /metrics for Prometheus. Loop's thread only.
class Api {
   public:
    /// The host must outlive the API and every pending reply.
    Api(commands::Host& host, commands::ProgramInfo about)
        : host_(host), about_(std::move(about)), encoder_(std::make_shared<protocol::Encoder>()) {}

    /// In the order of the document. The API must outlive them.
    [[nodiscard]] std::vector<Route> routes();

   private:
    using SendReply = std::function<void(WebReply)>;

    void post_command(const WebRequest& request, SendReply reply);
    void carry_out(const WebRequest& request, const commands::Command& command, std::string_view member,
                   SendReply reply);

    commands::Host& host_;
    commands::ProgramInfo about_;
    std::shared_ptr<protocol::Encoder> encoder_;  ///< Shared with pending replies.
};

}  // namespace doze::rest
