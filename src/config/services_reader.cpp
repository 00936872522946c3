#include "config/services_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>
#include <yaml-cpp/yaml.h>

#include "base/quoted.hpp"
#include "config/nearest.hpp"
#include "config/services_layout.hpp"

namespace doze::config {
namespace {

/// More keys than an item can sensibly have. Without a bound a small file could name one huge item by many
/// aliases.
constexpr std::size_t most_item_keys = 64;

/// An EKS node group has at most 450 nodes by default; nobody comes near this.
constexpr int largest_desired_size = 100'000;

int line_of(const YAML::Node& node) {
    return node.Mark().line + 1;
}

std::string type_of(const YAML::Node& node) {
    switch (node.Type()) {
        case YAML::NodeType::Null: return "empty";
        case YAML::NodeType::Scalar: return quoted(node.Scalar());
        case YAML::NodeType::Sequence: return "a list";
        case YAML::NodeType::Map: return "a map (key: value)";
        case YAML::NodeType::Undefined: break;
    }
    return "nothing";
}

/// Reads the document of services.yaml into registrations.
class ServicesReader {
   public:
    explicit ServicesReader(std::string_view file) : findings_(file) {}

    Result<Loaded<PlacedRegistrations>> read(const YAML::Node& root) {
        if (root.IsMap()) {
            top_level(root);
        } else if (!root.IsNull()) {
            findings_.error(line_of(root),
                            "must be a map with ec2_instances, ecs_services and eks_nodegroups, is " + type_of(root));
        }
        if (!findings_.ok()) return findings_.as_error();
        return Loaded<PlacedRegistrations>{std::move(registrations_), findings_.take_notes()};
    }

   private:
    using Members = std::map<std::string_view, YAML::Node>;

    void top_level(const YAML::Node& root) {
        std::map<std::string, int> seen;
        for (const auto& entry : root) {
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
            const int line = line_of(entry.first);
            const auto* layout = find_layout(key);
            if (layout == nullptr) {
                if (findings_.full()) continue;
                constexpr std::array<std::string_view, 3> known{"ec2_instances", "ecs_services", "eks_nodegroups"};
                findings_.warn(line, fmt::format("doze knows no {}{}", quoted(key), did_you_mean(key, known)));
            } else if (const auto [first, fresh] = seen.emplace(key, line); !fresh) {
                findings_.error(line, fmt::format("{} stands twice (first in line {}); put both lists into one", key,
                                                  first->second));
            } else {
                list(*layout, entry.second, line);
            }
        }
    }

    static const ListLayout* find_layout(std::string_view key) {
        for (const auto& layout : list_layouts)
            if (layout.key == key) return &layout;
        return nullptr;
    }

    void list(const ListLayout& layout, const YAML::Node& node, int line) {
        if (node.IsNull()) return;
        if (!node.IsSequence()) {
            findings_.error(line, fmt::format("{} must be a list (lines that begin with \"- \"), is {}", layout.key,
                                              type_of(node)));
            return;
        }
        std::size_t position = 0;
        for (const auto& item : node) {
            if (item.IsMap())
                registration(layout, item, position++);
            else
                findings_.error(line_of(item), fmt::format("an item of {} must be a map (key: value), is {}",
                                                           layout.key, type_of(item)));
        }
    }

    std::optional<Members> members(const ListLayout& layout, const YAML::Node& item) {
        std::vector<std::string_view> known{layout.names[0], "region", "description", "force"};
        if (!layout.names[1].empty()) known.insert(known.begin() + 1, layout.names[1]);
        if (layout.sized) known.emplace_back("desired_size");
        Members found;
        std::size_t count = 0;
        for (const auto& entry : item) {
            if (++count > most_item_keys) {
                findings_.error(line_of(item), fmt::format("an item of {} has too many keys", layout.key));
                return std::nullopt;
            }
            const std::string key = entry.first.IsScalar() ? entry.first.Scalar() : std::string();
            const auto same = std::find(known.begin(), known.end(), key);
            if (same == known.end()) {
                if (findings_.full()) continue;
                findings_.warn(line_of(entry.first), fmt::format("doze knows no {} in {}{}", quoted(key), layout.key,
                                                                 did_you_mean(key, known)));
            } else if (!found.emplace(*same, entry.second).second) {
                findings_.error(line_of(entry.first), fmt::format("{} stands twice in this item", key));
                return std::nullopt;
            }
        }
        return found;
    }

    void registration(const ListLayout& layout, const YAML::Node& item, std::size_t position) {
        const auto found = members(layout, item);
        if (!found) return;
        auto id = identity(layout, item, *found);
        auto description = text(*found, "description");
        auto desired_size = size(*found);
        auto force = flag(*found, "force");
        if (!id || !description || !desired_size || !force) return;
        const auto [first, fresh] = lines_.emplace(*id, line_of(item));
        if (!fresh)
            findings_.warn(line_of(item),
                           fmt::format("{} stands twice; the one in line {} counts", to_string(*id), first->second));
        registrations_.push_back({{std::move(*id), std::move(*description), *desired_size, *force}, position, !fresh});
    }

    std::optional<core::ResourceId> identity(const ListLayout& layout, const YAML::Node& item, const Members& found) {
        auto region = part(layout, item, found, "region", parse_region);
        switch (layout.kind) {
            case core::Kind::ec2: {
                auto instance = part(layout, item, found, layout.names[0], parse_instance_id);
                if (!region || !instance) return std::nullopt;
                return core::ec2(std::move(*region), std::move(*instance));
            }
            case core::Kind::ecs: {
                auto cluster = part(layout, item, found, layout.names[0], parse_cluster_name);
                auto service = part(layout, item, found, layout.names[1], parse_service_name);
                if (!region || !cluster || !service) return std::nullopt;
                return core::ecs(std::move(*region), std::move(*cluster), std::move(*service));
            }
            case core::Kind::eks: {
                auto cluster = part(layout, item, found, layout.names[0], parse_cluster_name);
                auto nodegroup = part(layout, item, found, layout.names[1], parse_nodegroup_name);
                if (!region || !cluster || !nodegroup) return std::nullopt;
                return core::eks(std::move(*region), std::move(*cluster), std::move(*nodegroup));
            }
        }
        return std::nullopt;
    }

    template <class Id>
    std::optional<Id> part(const ListLayout& layout, const YAML::Node& item, const Members& found, std::string_view key,
                           Result<Id> (*parse)(std::string_view)) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) {
            findings_.error(line_of(item), fmt::format("{} is missing in this item of {}", key, layout.key));
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

    /// Empty where it is missing; nothing where it is wrong, which is then reported. Likewise below.
    std::optional<std::string> text(const Members& found, std::string_view key) {
        const auto member = found.find(key);
        if (member == found.end() || member->second.IsNull()) return std::string();
        if (member->second.IsScalar()) return member->second.Scalar();
        findings_.error(line_of(member->second), fmt::format("{} must be a text, is {}", key, type_of(member->second)));
        return std::nullopt;
    }

    std::optional<std::optional<int>> size(const Members& found) {
        const auto member = found.find("desired_size");
        if (member == found.end() || member->second.IsNull()) return std::optional<int>();
        int number = -1;
        if (member->second.IsScalar()) {
            const std::string& digits = member->second.Scalar();
            const auto* end = digits.data() + digits.size();
            if (std::from_chars(digits.data(), end, number).ptr != end) number = -1;
        }
        if (number >= 0 && number <= largest_desired_size) return number;
        findings_.error(line_of(member->second), fmt::format("desired_size must be a whole number from 0 to {}, is {}",
                                                             largest_desired_size, type_of(member->second)));
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

    Findings findings_;
    PlacedRegistrations registrations_;
    std::map<core::ResourceId, int> lines_;
};

}  // namespace

Result<Loaded<PlacedRegistrations>> read_services(const YAML::Node& root, std::string_view file) {
    return ServicesReader(file).read(root);
}

}  // namespace doze::config
