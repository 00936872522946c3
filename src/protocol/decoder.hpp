#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "commands/params.hpp"
#include "commands/request.hpp"
#include "commands/table.hpp"
#include "protocol/message.hpp"

namespace doze::protocol {

/// The members of a content as arguments. Must not outlive them.
class JsonArguments final : public commands::Arguments {
   public:
    /// `beside`: the members of the enclosing message, if there is one.
    explicit JsonArguments(const boost::json::object& content, const boost::json::object* beside = nullptr)
        : content_(content), beside_(beside) {}

    [[nodiscard]] commands::GivenValue find(const commands::Param& param) const override;

   private:
    const boost::json::object& content_;
    const boost::json::object* beside_;
};

/// Converts a JSON value to an argument.
[[nodiscard]] commands::GivenValue to_argument(const boost::json::value& value);

/// JSON's name for the type: "integer".
[[nodiscard]] std::string_view json_type(commands::ParamType type);

/// The request in a message of any bytes, in text form or JSON. Fills in form, id and type of the envelope for the
/// reply, as far as they are known, even on failure.
[[nodiscard]] Result<commands::Request> decode(std::string_view message, Envelope& envelope);

/// The handshake request of this reach in a message (commands::lets_in()); empty if it is anything else.
[[nodiscard]] std::optional<commands::Request> decode_handshake(std::string_view message, commands::Scope reach,
                                                                Envelope& envelope);

}  // namespace doze::protocol
