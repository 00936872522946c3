#include "config/yaml_gate.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <sstream>
#include <string>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
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

/// Listens only to where documents begin.
class DocumentCounter : public YAML::EventHandler {
   public:
    int count = 0;
    int newest_line = 0;  ///< From 1.

    void OnDocumentStart(const YAML::Mark& mark) override {
        ++count;
        newest_line = mark.line + 1;
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
    void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
    void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
    void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnSequenceEnd() override {}
    void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
    void OnMapEnd() override {}
};

}  // namespace

Result<YamlDocument> load_yaml(std::string_view text, std::string_view file) {
    Findings findings(file);
    try {
        // Not by YAML::LoadAll: what belongs nowhere (a stray bracket at the end) it takes for empty
        // documents without end.
        std::istringstream in{std::string(text)};
        YAML::Parser parser(in);
        DocumentCounter documents;
        while (documents.count < 2 && parser.HandleNextDocument(documents)) {
        }
        if (documents.count == 1 || (documents.count == 0 && !has_content(text)))
            return YamlDocument{YAML::Load(std::string(text))};
        findings.error(documents.newest_line,
                       documents.count == 0
                           ? "this is not YAML"
                           : "a second document, or what belongs to none, begins here; only one is read");
    } catch (const YAML::DeepRecursion& error) {
        findings.error(error.mark.line + 1, "is nested too deeply");
    } catch (const YAML::Exception& error) {
        findings.error(error.mark.line + 1, "this is not YAML: " + error.msg);
    }
    return findings.as_error();
}

}  // namespace doze::config
