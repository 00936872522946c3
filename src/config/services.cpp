#include "config/services.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <yaml-cpp/yaml.h>

#include "base/edit_distance.hpp"
#include "base/text.hpp"
#include "config/yaml_text.hpp"
#include "core/model/kinds.hpp"

namespace doze::config {

Result<Loaded<Registrations>> parse_services(std::string_view text, std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return readable.error();
    const auto document = load_yaml(text, file);
    if (!document) return document.error();
    Findings findings(file);
    auto placed = read_services(document->root, findings);
    if (!placed) return placed.error();
    Loaded<Registrations> loaded{{}, std::move(placed->notes)};
    for (auto& item : placed->value)
        if (!item.duplicate) loaded.value.push_back(std::move(item.registration));
    return loaded;
}

std::vector<Note> check_services(std::string_view text, std::string_view file) {
    text = without_bom(text);
    if (auto readable = check_text(text, file, largest_services); !readable) return {to_note(readable.error())};
    const auto document = load_yaml(text, file);
    if (!document) return {to_note(document.error())};
    Findings findings(file);
    auto placed = read_services(document->root, findings);
    return placed ? std::move(placed->notes) : findings.take_notes();
}

std::string default_services_text() {
    std::string text = R"(# What doze may put to sleep while you are away, and wakes, as it was, when you come back.
# By itself doze touches nothing that is not registered here.
#
# Edit this file as you like, or use "doze register" and "doze unregister": comments and order stay, and
# edits are picked up without a restart. For example:
)";
    for (const auto& kind : core::kinds()) {
        text += fmt::format("#\n# {}:\n", kind.registry);
        std::string_view before = "#   - ";
        for (auto rest = kind.example; !rest.empty(); before = "#     ") {
            const auto line = rest.substr(0, rest.find('\n') + 1);
            text.append(before).append(line);
            rest.remove_prefix(line.size());
        }
    }
    for (const auto& kind : core::kinds()) text += fmt::format("\n{}: []\n", kind.registry);
    return text;
}

namespace {

/// More keys than an item can sensibly have. Without this limit a small file could refer to one huge item by many
/// aliases.
constexpr std::size_t most_item_keys = 64;

/// Far above any real size: an EKS node group has at most 450 nodes by default.
constexpr int largest_desired_size = 100'000;

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

std::string type_of(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Null: return "empty";
        case YAML::NodeType::Scalar: return doze::quoted(node.Scalar());
        case YAML::NodeType::Sequence: return "a list";
        case YAML::NodeType::Map: return "a map (key: value)";
        case YAML::NodeType::Undefined: break;
    }
    return "nothing";
}

/// Converts the YAML document to registrations.
class ServicesReader {
   public:
    explicit ServicesReader(Findings& findings) : findings_(findings) {}

    Result<Loaded<LocatedRegistrations>> read(const YAML::Node& root) {
        if (root.IsMap()) {
            top_level(root);
        } else if (!root.IsNull()) {
            findings_.error(line_of(root),
                            "must be a map with ec2_instances, ecs_services and the like, is " + type_of(root));
        }
        if (!findings_.ok()) return findings_.as_error();
        return Loaded<LocatedRegistrations>{std::move(registrations_), findings_.take_notes()};
    }

   private:
    using Members = std::map<std::string_view, YAML::Node>;

    void top_level(const YAML::Node& root) {
        std::map<std::string, int> seen;
        for (const auto& entry : root) {
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
            const int line = line_of(entry.first);
            const auto* kind = find_list(key);
            if (kind == nullptr) {
                if (findings_.full()) continue;
                std::vector<std::string_view> known;
                for (const auto& one : core::kinds()) known.push_back(one.registry);
                findings_.warn(line, fmt::format("doze knows no {}{}", doze::quoted(key), did_you_mean(key, known)));
            } else if (const auto [first, fresh] = seen.emplace(key, line); !fresh) {
                findings_.error(line, fmt::format("{} stands twice (first in line {}); put both lists into one", key,
                                                  first->second));
            } else {
                list(*kind, entry.second, line);
            }
        }
    }

    [[nodiscard]] const core::KindInfo* find_list(std::string_view key) const {
        for (const auto& kind : core::kinds())
            if (kind.registry == key) return &kind;
        return nullptr;
    }

    void list(const core::KindInfo& kind, const YAML::Node& node, int line) {
        if (node.IsNull()) return;
        if (!node.IsSequence()) {
            findings_.error(line, fmt::format("{} must be a list (lines that begin with \"- \"), is {}", kind.registry,
                                              type_of(node)));
            return;
        }
        std::size_t position = 0;
        for (const auto& item : node) {
            if (item.IsMap())
                registration(kind, item, position++);
            else
                findings_.error(line_of(item), fmt::format("an item of {} must be a map (key: value), is {}",
                                                           kind.registry, type_of(item)));
        }
    }

    std::optional<Members> members(const core::KindInfo& kind, const YAML::Node& item) {
        std::vector<std::string_view> known{kind.name_key, "region", "profile", "description", "force"};
        if (kind.in_cluster) known.insert(known.begin(), "cluster_name");
        if (kind.sized) known.emplace_back("desired_size");
        if (kind.hibernates) known.emplace_back("hibernate");
        if (kind.loaded) known.emplace_back("busy_cpu_percent");
        Members found;
        std::size_t count = 0;
        for (const auto& entry : item) {
            if (++count > most_item_keys) {
                findings_.error(line_of(item), fmt::format("an item of {} has too many keys", kind.registry));
                return std::nullopt;
            }
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
            const auto same = std::find(known.begin(), known.end(), key);
            if (same == known.end()) {
                if (findings_.full()) continue;
                findings_.warn(line_of(entry.first), fmt::format("doze knows no {} in {}{}", doze::quoted(key),
                                                                 kind.registry, did_you_mean(key, known)));
            } else if (!found.emplace(*same, entry.second).second) {
                findings_.error(line_of(entry.first), fmt::format("{} stands twice in this item", key));
                return std::nullopt;
            }
        }
        return found;
    }

    void registration(const core::KindInfo& kind, const YAML::Node& item, std::size_t position) {
        const auto found = members(kind, item);
        if (!found) return;
        auto id = identity(kind, item, *found);
        auto description = text(*found, "description");
        auto desired_size = number(*found, "desired_size", 0, largest_desired_size);
        auto busy = number(*found, "busy_cpu_percent", 1, 100);
        auto force = flag(*found, "force");
        auto hibernate = flag(*found, "hibernate");
        if (!id || !description || !desired_size || !busy || !force || !hibernate) return;
        const auto [first, fresh] = lines_.emplace(*id, line_of(item));
        if (!fresh)
            findings_.warn(line_of(item),
                           fmt::format("{} stands twice; the one in line {} counts", to_string(*id), first->second));
        registrations_.push_back({{.id = std::move(*id),
                                   .description = std::move(*description),
                                   .desired_size = *desired_size,
                                   .force = *force,
                                   .hibernate = *hibernate,
                                   .busy_cpu_percent = *busy},
                                  position,
                                  !fresh});
    }

    std::optional<core::ResourceId> identity(const core::KindInfo& kind, const YAML::Node& item, const Members& found) {
        auto region = part(kind, item, found, "region", parse_region);
        auto cluster = kind.in_cluster ? part(kind, item, found, "cluster_name", parse_cluster_name)
                                       : std::optional(ClusterName());
        auto name = part(kind, item, found, kind.name_key, kind.parse_name);
        const bool has_profile = found.contains("profile") && !found.at("profile").IsNull();
        auto profile =
            has_profile ? part(kind, item, found, "profile", parse_profile_name) : std::optional(ProfileName());
        if (!region || !cluster || !name || !profile) return std::nullopt;
        return core::ResourceId{.region = std::move(*region),
                                .kind = kind.kind,
                                .cluster = std::move(*cluster),
                                .name = std::move(*name),
                                .profile = std::move(*profile)};
    }

    template <class Id>
    std::optional<Id> part(const core::KindInfo& kind, const YAML::Node& item, const Members& found,
                           std::string_view key, Result<Id> (*parse)(std::string_view)) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) {
            findings_.error(line_of(item), fmt::format("{} is missing in this item of {}", key, kind.registry));
            return std::nullopt;
        }
        if (!member->second.IsScalar()) {
            findings_.error(line_of(member->second),
                            fmt::format("{} must be a text, is {}", key, type_of(member->second)));
            return std::nullopt;
        }
        auto id = parse(member->second.Scalar());
        if (id) return std::move(*id);
        auto why = id.error().text();
        if (why.ends_with('.')) why.pop_back();
        findings_.error(line_of(member->second), fmt::format("{}: {}", key, why));
        return std::nullopt;
    }

    /// Empty text if it is missing; empty optional if it is invalid, which is then reported. The same below.
    std::optional<std::string> text(const Members& found, std::string_view key) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) return std::string();
        if (member->second.IsScalar()) return member->second.Scalar();
        findings_.error(line_of(member->second), fmt::format("{} must be a text, is {}", key, type_of(member->second)));
        return std::nullopt;
    }

    std::optional<std::optional<int>> number(const Members& found, std::string_view key, int least, int most) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) return std::optional<int>();
        int value = least - 1;
        if (member->second.IsScalar()) {
            const std::string& digits = member->second.Scalar();
            const auto* end = digits.data() + digits.size();
            if (std::from_chars(digits.data(), end, value).ptr != end) value = least - 1;
        }
        if (value >= least && value <= most) return value;
        findings_.error(line_of(member->second), fmt::format("{} must be a whole number from {} to {}, is {}", key,
                                                             least, most, type_of(member->second)));
        return std::nullopt;
    }

    std::optional<bool> flag(const Members& found, std::string_view key) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) return false;
        bool on = false;
        if (member->second.IsScalar() && YAML::convert<bool>::decode(member->second, on)) return on;
        findings_.error(line_of(member->second),
                        fmt::format("{} must be true or false, is {}", key, type_of(member->second)));
        return std::nullopt;
    }

    Findings& findings_;
    LocatedRegistrations registrations_;
    std::map<core::ResourceId, int> lines_;
};

}  // namespace

Result<Loaded<LocatedRegistrations>> read_services(const YAML::Node& root, Findings& findings) {
    return ServicesReader(findings).read(root);
}

}  // namespace doze::config
