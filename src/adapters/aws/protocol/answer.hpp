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

/// Readers for AWS's answers. They don't trust the body: it may be cut short, a proxy's HTML, or of another shape than
/// the API reference says.
namespace doze::aws {

/// The error for a 2xx answer with a malformed body. Retrying may help (a proxy, a broken connection).
[[nodiscard]] Error not_understood(std::string_view operation, const Region& region);

/// Whether AWS itself says that a cluster, service or node group does not exist. A bare 404 (from a proxy, or a wrong
/// endpoint) is not enough: the snapshot of a missing resource is dropped.
[[nodiscard]] bool is_gone(const Error& error);

/// Parses `body` in place (it must outlive the document). Returns the root element if it has the name `root`, else a
/// null node.
[[nodiscard]] pugi::xml_node parse_xml(pugi::xml_document& document, std::string& body, const char* root);

/// A count; empty if it is absent, not an integer, negative, or above 2^31-1.
[[nodiscard]] std::optional<int> count_at(const boost::json::object& from, std::string_view key);

/// A time in seconds since the epoch, possibly with a fraction, up to the end of the year 9999.
[[nodiscard]] std::optional<core::WallTime> time_at(const boost::json::object& from, std::string_view key);

/// An array of strings; empty if it is absent or contains anything else.
[[nodiscard]] std::optional<std::vector<std::string>> strings_at(const boost::json::object& from, std::string_view key);

/// One page of a list of names or ARNs.
struct NamePage {
    std::vector<std::string> names;
    std::string next_token;  ///< Empty on the last page.
};

/// One answer of a List operation of ECS or EKS; `member` is the list's name in it. Empty if malformed.
[[nodiscard]] std::optional<NamePage> parse_names(std::string_view body, std::string_view member);

/// The text after the last '/': the name in an ARN.
[[nodiscard]] std::string name_of_arn(std::string_view arn);

}  // namespace doze::aws
