#include "config/yaml_text.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>
#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include "base/text.hpp"
#include "config/loaded.hpp"

namespace doze::config {

namespace {

/// Whether there is anything but blank lines and comments. yaml-cpp takes a line that begins with "%" for a directive,
/// and a text with nothing but such lines for empty.
bool has_content(std::string_view text) {
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        const auto first = line.find_first_not_of(" \t\r");
        if (first != std::string_view::npos && line[first] != '#') return true;
        text.remove_prefix(std::min(text.size(), line.size() + 1));
    }
    return false;
}

/// A handler that counts document starts.
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
        // Not YAML::LoadAll(), which reads a misplaced token (a stray bracket at the end) as an endless series of empty
        // documents.
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

namespace {

/// Words that some YAML parsers read as something other than text.
bool is_reserved(std::string_view text) {
    constexpr std::array<std::string_view, 9> words{"true", "false", "yes", "no", "on", "off", "null", "y", "n"};
    return std::ranges::find(words, lower_case(text)) != words.end();
}

/// A letter, then letters, digits, single spaces and characters that have no meaning in YAML.
bool is_plain(std::string_view text) {
    if (text.empty() || !is_letter(text.front()) || text.back() == ' ' || is_reserved(text)) return false;
    return std::ranges::all_of(text, [](char c) {
        return is_letter(c) || is_digit(c) || std::string_view(" -_./()+").find(c) != std::string_view::npos;
    });
}

/// The line breaks and invisible characters that YAML 1.1 would fold or reject: U+0080 to U+009F, U+2028, U+2029,
/// U+FEFF. Returns the code point and length if `text` begins with one.
std::optional<std::pair<unsigned, std::size_t>> awkward(std::string_view text) {
    const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
    if (byte(0) < 0x20 || byte(0) == 0x7F) return std::pair{byte(0), std::size_t{1}};
    if (byte(0) == 0xC2 && byte(1) < 0xA0) return std::pair{byte(1), std::size_t{2}};
    if (byte(0) == 0xE2 && byte(1) == 0x80 && (byte(2) == 0xA8 || byte(2) == 0xA9))
        return std::pair{0x2000U + (byte(2) & 0x3FU), std::size_t{3}};
    if (byte(0) == 0xEF && byte(1) == 0xBB && byte(2) == 0xBF) return std::pair{0xFEFFU, std::size_t{3}};
    return std::nullopt;
}

bool has_awkward(std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (awkward(text.substr(i))) return true;
    return false;
}

std::string single_quoted(std::string_view text) {
    std::string out = "'";
    for (char c : text) out += c == '\'' ? "''" : std::string(1, c);
    return out + "'";
}

std::string double_quoted(std::string_view text) {
    std::string out = "\"";
    while (!text.empty()) {
        std::size_t length = 1;
        if (const auto special = awkward(text)) {
            out += fmt::format("\\u{:04X}", special->first);
            length = special->second;
        } else {
            if (text.front() == '"' || text.front() == '\\') out += '\\';
            out += text.front();
        }
        text.remove_prefix(length);
    }
    return out + "\"";
}

using Entries = std::vector<std::pair<std::string_view, std::string>>;

Entries entries(const core::Registration& registration) {
    const auto& id = registration.id;
    const auto& kind = core::info(id.kind);
    Entries all;
    if (kind.in_cluster) all.emplace_back("cluster_name", yaml_scalar(id.cluster.str()));
    all.emplace_back(kind.name_key, yaml_scalar(id.name));
    all.emplace_back("region", yaml_scalar(id.region.str()));
    if (!id.profile.str().empty()) all.emplace_back("profile", yaml_scalar(id.profile.str()));
    if (registration.desired_size) all.emplace_back("desired_size", std::to_string(*registration.desired_size));
    all.emplace_back("description", yaml_scalar(registration.description));
    if (registration.force) all.emplace_back("force", "true");
    if (registration.hibernate) all.emplace_back("hibernate", "true");
    if (registration.busy_cpu_percent)
        all.emplace_back("busy_cpu_percent", std::to_string(*registration.busy_cpu_percent));
    return all;
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
    if (is_plain(text)) return std::string(text);
    return has_awkward(text) ? double_quoted(text) : single_quoted(text);
}

std::string yaml_flow_item(const core::Registration& registration) {
    std::string out = "{";
    for (const auto& [key, value] : entries(registration))
        out += fmt::format("{}{}: {}", out.size() > 1 ? ", " : "", key, value);
    return out + "}";
}

std::string yaml_block_item(const core::Registration& registration, std::size_t indent, std::string_view newline) {
    std::string out;
    for (const auto& [key, value] : entries(registration))
        out += fmt::format("{}{}{}: {}{}", std::string(indent, ' '), out.empty() ? "- " : "  ", key, value, newline);
    return out;
}

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_space(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}

/// The offset after the quoted scalar at `at`; the end of the text if it has no end.
std::size_t after_quoted(std::string_view text, std::size_t at) {
    const char quote = text[at];
    for (++at; at < text.size(); ++at) {
        if (quote == '"' && text[at] == '\\') {
            ++at;
        } else if (text[at] == quote) {
            const bool doubled = quote == '\'' && at + 1 < text.size() && text[at + 1] == '\'';
            if (!doubled) return at + 1;
            ++at;
        }
    }
    return text.size();
}

std::size_t line_end(std::string_view text, std::size_t at) {
    const auto end = text.find('\n', at);
    return end == std::string_view::npos ? text.size() : end;
}

void erase(std::string& text, std::size_t begin, std::size_t end) {
    text.erase(begin, end - begin);
}

}  // namespace

std::optional<FlowSpan> scan_flow(std::string_view text, std::size_t open) {
    if (open >= text.size() || (text[open] != '[' && text[open] != '{')) return std::nullopt;
    FlowSpan span{.open = open, .close = open, .items = {}, .commas = {}};
    std::size_t depth = 1;
    bool in_item = false;
    char before = text[open];  // The last character that is neither whitespace nor part of a comment.
    for (std::size_t at = open + 1; at < text.size();) {
        const char c = text[at];
        std::size_t next = at + 1;
        if (is_space(c)) {
            at = next;
            continue;
        }
        if (c == '#' && is_space(text[at - 1])) {
            at = line_end(text, at);
            continue;
        }
        if ((c == ']' || c == '}') && --depth == 0) {
            span.close = at;
            return span;
        }
        if (c == ',' && depth == 1) {
            span.commas.push_back(at);
            in_item = false;
        } else {
            // A quote inside a plain scalar (it's) has no meaning.
            const bool begins = before == '[' || before == '{' || before == ',' || before == ':';
            if ((c == '"' || c == '\'') && begins) next = after_quoted(text, at);
            if (c == '[' || c == '{') ++depth;
            if (!in_item) span.items.push_back({at, next});
            in_item = true;
            span.items.back().end = next;
        }
        before = text[next - 1];
        at = next;
    }
    return std::nullopt;
}

std::string flow_insert(std::string_view text, const FlowSpan& span, std::string_view item) {
    std::string out(text);
    if (span.items.empty()) {
        out.insert(span.open + 1, item);
    } else if (span.commas.size() == span.items.size()) {
        out.insert(span.commas.back() + 1, " " + std::string(item));
    } else {
        out.insert(span.items.back().end, ", " + std::string(item));
    }
    return out;
}

std::string flow_erase(std::string_view text, const FlowSpan& span, std::size_t index) {
    std::string out(text);
    const auto [begin, end] = span.items[index];
    // Erased from the end, so that earlier offsets stay valid.
    if (index < span.commas.size()) {
        auto after = span.commas[index] + 1;
        while (after < out.size() && is_blank(out[after])) ++after;
        if (out.find_first_not_of(" \t", end) == span.commas[index]) {
            erase(out, begin, after);
        } else {
            erase(out, span.commas[index], after);
            erase(out, begin, end);
        }
    } else {
        erase(out, begin, end);
    }
    if (index >= span.commas.size() && index > 0) {
        const auto comma = span.commas[index - 1];
        auto after = comma + 1;
        while (after < begin && is_blank(out[after])) ++after;
        erase(out, comma, after == begin ? begin : comma + 1);
        if (after != begin) return out;
    }
    // If the item had a line of its own, only whitespace is left on it.
    const auto line_begin = begin == 0 ? 0 : out.rfind('\n', begin - 1) + 1;
    const auto line_stop = line_end(out, line_begin);
    const bool own_line = line_begin > span.open && out.find_first_not_of(" \t\r", line_begin) >= line_stop;
    if (own_line && line_stop < out.size()) erase(out, line_begin, line_stop + 1);
    return out;
}

}  // namespace doze::config
