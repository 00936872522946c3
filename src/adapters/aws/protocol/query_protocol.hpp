#pragma once

#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/aws/protocol/aws_client.hpp"
#include "adapters/aws/protocol/sigv4.hpp"
#include "base/json.hpp"
#include "core/model/time.hpp"
#include "core/policy/guard.hpp"

namespace doze::aws {

/// A call in AWS's Query protocol (EC2, STS, RDS, ...): a form with Action, Version and the parameters. `parameters`
/// are not encoded, in any order; each InstanceId.N counts as a resource.
[[nodiscard]] Call query_call(std::string service, Region region, std::string operation, std::string version,
                              QueryPairs parameters);

// Readers for answers of Query protocol services (Auto Scaling, RDS; EC2 has its own format):
// <StopThingResponse><StopThingResult>...</StopThingResult></StopThingResponse>. As in answer.hpp, the body is not
// trusted.

/// The result element of an answer to this operation, parsed in place (`body` must outlive the document); a null node
/// if it is anything else.
[[nodiscard]] pugi::xml_node query_result(pugi::xml_document& document, std::string& body, std::string_view operation);

/// Whether it is an answer to this operation, for operations without a result.
[[nodiscard]] bool is_answer_to(std::string body, std::string_view operation);

/// A member; empty if it is absent, empty or of another type. Counts are 0 to 2^31-1; times are ISO 8601 in UTC.
[[nodiscard]] std::optional<std::string> text_at(pugi::xml_node from, const char* name);
[[nodiscard]] std::optional<int> count_at(pugi::xml_node from, const char* name);
[[nodiscard]] std::optional<core::WallTime> time_at(pugi::xml_node from, const char* name);

/// Whether a member is "true".
[[nodiscard]] bool flag_at(pugi::xml_node from, const char* name);

using doze::flag_at;  // The overload for JSON.
using doze::text_at;

/// The tags in the `item` elements of a list.
[[nodiscard]] std::vector<core::Tag> tags_in(pugi::xml_node list, const char* item);

}  // namespace doze::aws
