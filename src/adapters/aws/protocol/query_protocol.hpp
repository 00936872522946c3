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

/// A call in AWS's Query protocol (EC2, STS, RDS, ...): everything in a form, Action and Version too. `parameters` are
/// not encoded, and may be in any order; each InstanceId.N among them counts as a resource.
[[nodiscard]] Call query_call(std::string service, Region region, std::string operation, std::string version,
                              QueryPairs parameters);

// Reading what the services of the Query protocol answer (Auto Scaling, RDS; EC2 has a shape of its own):
// <StopThingResponse><StopThingResult>...</StopThingResult></StopThingResponse>. As in answer.hpp, nothing here trusts
// the body.

/// The result element of an answer to this operation, parsed in place (`body` must outlive the document); a null node
/// for anything else.
[[nodiscard]] pugi::xml_node query_result(pugi::xml_document& document, std::string& body, std::string_view operation);

/// Whether it is an answer to this operation at all, for operations that answer nothing.
[[nodiscard]] bool is_answer_to(std::string body, std::string_view operation);

/// A member; none where it is absent, empty or of another type. Counts are 0 to 2^31-1; times are ISO 8601 in UTC.
[[nodiscard]] std::optional<std::string> text_at(pugi::xml_node from, const char* name);
[[nodiscard]] std::optional<int> count_at(pugi::xml_node from, const char* name);
[[nodiscard]] std::optional<core::WallTime> time_at(pugi::xml_node from, const char* name);

/// Whether a member is "true".
[[nodiscard]] bool flag_at(pugi::xml_node from, const char* name);

using doze::flag_at;  // Of JSON.
using doze::text_at;

/// The tags in the elements `item` of a list.
[[nodiscard]] std::vector<core::Tag> tags_in(pugi::xml_node list, const char* item);

}  // namespace doze::aws
