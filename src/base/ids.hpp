#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace doze {

/// A string that can't be mistaken for another kind of string. Construct from trusted text only (AWS's
/// answers, tests); text that people or clients wrote goes through the parse functions below.
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

/// Whose a resource is: account, partition and endpoint as one text. Empty where it is not known yet.
using AccountId = StrongId<struct AccountIdTag>;

/// Each parses what AWS would accept as such a name, and says which part is wrong otherwise
/// (`bad_request`). Sources: the patterns of the EC2, ECS, EKS, Auto Scaling and RDS API
/// references.
[[nodiscard]] Result<Region> parse_region(std::string_view text);
[[nodiscard]] Result<InstanceId> parse_instance_id(std::string_view text);
[[nodiscard]] Result<ClusterName> parse_cluster_name(std::string_view text);
[[nodiscard]] Result<ServiceName> parse_service_name(std::string_view text);
[[nodiscard]] Result<NodegroupName> parse_nodegroup_name(std::string_view text);
[[nodiscard]] Result<GroupName> parse_group_name(std::string_view text);

/// Of an RDS instance or cluster. AWS keeps it in lower case, and so does the result.
[[nodiscard]] Result<DatabaseName> parse_database_name(std::string_view text);

/// Of a profile in the files of the AWS CLI. A colon is not allowed: it would end the name in a resource's text.
[[nodiscard]] Result<ProfileName> parse_profile_name(std::string_view text);

/// What the functions above take, as patterns of ECMA 262 for documents. No line end is let in by a `$`.
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
