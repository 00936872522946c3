#include "cli/target.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/json.hpp"
#include "cli/reply_text.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

Error no_target(std::string_view text) {
    return {.code = ErrorCode::bad_request,
            .message = fmt::format("\"{}\" names no resource.", text),
            .next_step =
                fmt::format("Write i-..., KIND:NAME, KIND:CLUSTER/NAME or KIND:REGION:NAME, where KIND is one of {}.",
                            core::kind_words())};
}

/// The form that a person would write.
std::string without_region(core::ResourceId id) {
    id.region = Region();
    auto text = core::to_string(id);  // kind::name
    text.erase(text.find("::"), 1);
    return !core::info(id.kind).lone_name.empty() && id.profile.str().empty() ? id.name : text;
}

// Uses the parser of complete ids, which also checks each part.
Result<core::ResourceId> parse_without_region(std::string_view kind, std::string_view name) {
    auto id = core::parse_resource_id(fmt::format("{}:us-east-1:{}", kind, name));
    if (id) id->region = Region();
    return id;
}

Result<core::ResourceId> parse_id(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos) {
        for (const auto& kind : core::kinds())
            if (!kind.lone_name.empty() && text.starts_with(kind.lone_name))
                return parse_without_region(kind.word, text);
        return no_target(text);
    }
    const auto word = text.substr(0, colon);
    const auto rest = text.substr(colon + 1);
    const auto at = word.rfind('@');
    const auto* kind = core::find_kind(at == std::string_view::npos ? word : word.substr(at + 1));
    if (kind == nullptr || (kind->in_cluster && rest.find('/') == std::string_view::npos)) return no_target(text);
    if (rest.find(':') != std::string_view::npos) return core::parse_resource_id(text);
    return parse_without_region(word, rest);
}

void add_members(std::vector<core::ResourceId>& out, const json::object& content, const core::KindInfo& kind) {
    for (const auto& cluster : array_at(content, kind.inventory)) {
        const auto& group = as_object(cluster);
        for (const auto& member : array_at(group, kind.grouped))
            out.push_back({.region = Region(shown_at(group, "region")),
                           .kind = kind.kind,
                           .cluster = ClusterName(shown_at(group, "name")),
                           .name = shown_at(as_object(member), "name")});
    }
}

}  // namespace

Result<Target> parse_target(std::string_view text, std::string_view region) {
    auto id = parse_id(text);
    if (!id) return id.error();
    Target target{*id};
    if (region.empty()) return target;
    const auto wanted = parse_region(region);
    if (!wanted) return wanted.error();
    if (target.has_region() && target.id.region != *wanted) {
        return Error{.code = ErrorCode::bad_request,
                     .message = fmt::format("{} is in {}, and --region says {}.", text, target.id.region.str(), region),
                     .next_step = "Leave --region out."};
    }
    target.id.region = *wanted;
    return target;
}

Result<Target> parse_sized_target(std::string_view text, std::string_view region) {
    const bool bare = text.find(':') == std::string_view::npos && text.find('/') != std::string_view::npos;
    const auto of_cluster =
        std::ranges::find_if(core::kinds(), [](const auto& kind) { return kind.sized && kind.in_cluster; });
    auto target = parse_target(bare ? fmt::format("{}:{}", of_cluster->word, text) : std::string(text), region);
    if (target && !core::info(target->id.kind).sized) {
        return Error{
            .code = ErrorCode::bad_request,
            .message = fmt::format("\"{}\" has no size: only {} have.", text, core::nouns_with(&core::KindInfo::sized)),
            .next_step = "Use `doze start` or `doze stop`."};
    }
    return target;
}

core::ResourceId resource_in(const core::KindInfo& kind, const json::object& item) {
    // The inventory uses `id` or `name`, a registration the kind's own key.
    std::string name;
    for (const auto key : {kind.name_key, std::string_view("id"), std::string_view("name")})
        if (name.empty()) name = shown_at(item, key);
    return {.region = Region(shown_at(item, "region")),
            .kind = kind.kind,
            .cluster = ClusterName(shown_at(item, "cluster_name")),
            .name = std::move(name),
            .profile = ProfileName(shown_at(item, "profile"))};
}

std::vector<core::ResourceId> resources_in(const json::object& content) {
    std::vector<core::ResourceId> out;
    for (const auto& kind : core::kinds()) {
        if (kind.in_cluster) add_members(out, content, kind);
        for (const auto& item : array_at(content, kind.registry)) out.push_back(resource_in(kind, as_object(item)));
    }
    return out;
}

Result<core::ResourceId> locate(const Target& target, const std::vector<core::ResourceId>& known) {
    if (target.has_region()) return target.id;
    std::set<core::ResourceId> found;
    for (const auto& id : known) {
        auto anywhere = id;
        anywhere.region = Region();
        if (target.id.profile.str().empty()) anywhere.profile = ProfileName();
        if (anywhere == target.id) found.insert(id);
    }
    if (found.size() == 1) return *found.begin();
    const auto name = without_region(target.id);
    if (found.empty()) {
        return Error{.code = ErrorCode::not_found,
                     .message = fmt::format("doze has not seen {} in any configured region.", name),
                     .next_step = "`doze list` shows what it has seen; --region says where else it is."};
    }
    std::string regions;
    for (const auto& id : found) regions += (regions.empty() ? "" : ", ") + id.region.str();
    return Error{.code = ErrorCode::bad_request,
                 .message = fmt::format("{} exists in several regions: {}.", name, regions),
                 .next_step = "Say which one with --region."};
}

json::object to_content(const core::ResourceId& id) {
    const auto& kind = core::info(id.kind);
    json::object content{{"service_type", kind.command}};
    if (kind.in_cluster) content["cluster_name"] = id.cluster.str();
    content[kind.name_key] = id.name;
    if (!id.profile.str().empty()) content["profile"] = id.profile.str();
    content["region"] = id.region.str();
    return content;
}

}  // namespace doze::cli
