#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "core/model/time.hpp"
#include "core/policy/guard.hpp"

/// Reading what AWS answered. Nothing here trusts the body: it may be cut short, a proxy's HTML, or of another shape
/// than the API reference says.
namespace doze::aws {

/// A 2xx answer whose body makes no sense. Trying again may help (a proxy, a cut connection).
[[nodiscard]] Error not_understood(std::string_view operation, const Region& region);

/// AWS itself says that a cluster, service or node group is not there. A bare 404 (of a proxy, of a wrong endpoint)
/// does not say that: what counts as gone loses its snapshot.
[[nodiscard]] bool is_gone(const Error& error);

/// Parses `body` in place (it must outlive the document) and returns the root element if it has this name, else a
/// null node.
[[nodiscard]] pugi::xml_node parse_xml(pugi::xml_document& document, std::string& body, const char* root);

/// A count: none where it is absent, no whole number, negative, or above 2^31-1.
[[nodiscard]] std::optional<int> count_at(const boost::json::object& from, std::string_view key);

/// A time: seconds since the epoch, with a fraction, up to the end of the year 9999.
[[nodiscard]] std::optional<core::WallTime> time_at(const boost::json::object& from, std::string_view key);

/// An array of strings; none where it is absent or holds anything else.
[[nodiscard]] std::optional<std::vector<std::string>> strings_at(const boost::json::object& from, std::string_view key);

/// One page of a list of names or ARNs.
struct NamePage {
    std::vector<std::string> names;
    std::string next_token;  ///< Empty on the last page.
};

/// One answer of a List operation of ECS or EKS; `member` is what it calls the list. None where it makes no sense.
[[nodiscard]] std::optional<NamePage> parse_names(std::string_view body, std::string_view member);

/// What follows the last '/': the name in an ARN.
[[nodiscard]] std::string name_of_arn(std::string_view arn);

}  // namespace doze::aws
