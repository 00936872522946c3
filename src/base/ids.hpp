#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace doze {

/// A string of its own type, so that two kinds of names can't be confused. Construct it from trusted text only (AWS's
/// answers, tests); text from people or clients goes through the parse functions below.
template <class Tag>
class StrongId {
   public:
    StrongId() = default;
    explicit StrongId(std::string value) : value_(std::move(value)) {}

    [[nodiscard]] const std::string& str() const { return value_; }
    auto operator<=>(const StrongId&) const = default;

   private:
    std::string value_;
};

using Region = StrongId<struct RegionTag>;
using InstanceId = StrongId<struct InstanceIdTag>;
using ClusterName = StrongId<struct ClusterNameTag>;
using ServiceName = StrongId<struct ServiceNameTag>;
using NodegroupName = StrongId<struct NodegroupNameTag>;
using GroupName = StrongId<struct GroupNameTag>;
using DatabaseName = StrongId<struct DatabaseNameTag>;
using ProfileName = StrongId<struct ProfileNameTag>;

/// The owner of a resource: account, partition and endpoint as one text. Empty if not known yet.
using AccountId = StrongId<struct AccountIdTag>;

/// Each accepts what AWS accepts as such a name; otherwise the error (`bad_request`) says which
/// part is wrong. Sources: the patterns in the EC2, ECS, EKS, Auto Scaling and RDS API
/// references.
[[nodiscard]] Result<Region> parse_region(std::string_view text);
[[nodiscard]] Result<InstanceId> parse_instance_id(std::string_view text);
[[nodiscard]] Result<ClusterName> parse_cluster_name(std::string_view text);
[[nodiscard]] Result<ServiceName> parse_service_name(std::string_view text);
[[nodiscard]] Result<NodegroupName> parse_nodegroup_name(std::string_view text);
[[nodiscard]] Result<GroupName> parse_group_name(std::string_view text);

/// Name of an RDS instance or cluster, converted to lower case as AWS stores it.
[[nodiscard]] Result<DatabaseName> parse_database_name(std::string_view text);

/// Name of a profile in the AWS CLI's files. A colon is refused: it would end the name in a resource's text form.
[[nodiscard]] Result<ProfileName> parse_profile_name(std::string_view text);

/// What the functions above accept, as ECMA 262 patterns for documents. `(?!\n)` rejects a trailing line end.
namespace pattern {
inline constexpr std::string_view region = "^[a-z]+(-[a-z]+)+-[0-9]{1,2}$(?!\\n)";
inline constexpr std::string_view instance_id = "^i-([0-9a-f]{8}|[0-9a-f]{17})$(?!\\n)";
inline constexpr std::string_view cluster_name = "^[A-Za-z0-9][A-Za-z0-9_-]{0,254}$(?!\\n)";
inline constexpr std::string_view service_name = cluster_name;
inline constexpr std::string_view nodegroup_name = "^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$(?!\\n)";
inline constexpr std::string_view group_name = "^[!-9;-~]([ -9;-~]{0,253}[!-9;-~])?$(?!\\n)";
inline constexpr std::string_view database_name = "^(?=.{1,63}$)[A-Za-z](-?[A-Za-z0-9])*$(?!\\n)";
inline constexpr std::string_view profile_name = "^[^:\\u0000-\\u001f\\u007f]{1,128}$(?!\\n)";
}  // namespace pattern

}  // namespace doze

template <class Tag>
struct std::hash<doze::StrongId<Tag>> {
    std::size_t operator()(const doze::StrongId<Tag>& id) const noexcept { return std::hash<std::string>{}(id.str()); }
};
