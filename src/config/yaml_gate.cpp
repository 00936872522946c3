#include "config/yaml_gate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/yaml.h>

#include "config/loaded.hpp"

namespace doze::config {
namespace {

/// Whether there is anything but blank lines and comments. yaml-cpp takes a line that begins with "%" for
/// a directive, and a text of those only for an empty one.
bool has_content(std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        const auto first = line.find_first_not_of(" \t\r");
        if (first != std::string_view::npos && line[first] != '#') return true;
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return false;
}

}  // namespace

Result<YamlDocument> load_yaml(std::string_view text, std::string_view file) {
    Findings findings(file);
    try {
        const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
        if (documents.empty() && has_content(text)) {
            findings.error(0, "this is not YAML");
            return findings.as_error();
        }
        if (documents.empty()) return YamlDocument{YAML::Node(YAML::NodeType::Null)};
        if (documents.size() == 1) return YamlDocument{documents.front()};
        findings.error(documents[1].Mark().line + 1,
                       "a second document begins before this line (\"---\"); only one is read");
    } catch (const YAML::DeepRecursion& error) {
        findings.error(error.mark.line + 1, "is nested too deeply");
    } catch (const YAML::Exception& error) {
        findings.error(error.mark.line + 1, "this is not YAML: " + error.msg);
    }
    return findings.as_error();
}

}  // namespace doze::config
