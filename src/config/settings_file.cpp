#include "config/settings_file.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <fmt/format.h>
#include <map>
#include <set>
#include <utility>

#include "base/edit_distance.hpp"
#include "base/text.hpp"
#include "config/fields.hpp"
#include "config/json_tree.hpp"

namespace doze::config {
namespace {

/// Keys of the original program that doze does not use. A star at the end matches any rest.
constexpr std::array<std::string_view, 17> keys_of_the_original{
    "activity_monitor.keyboard.debounce_ms",
    "activity_monitor.mouse.movement_debounce_ms",
    "activity_monitor.mouse.click_debounce_ms",
    "activity_monitor.screen.capture_interval_sec",
    "activity_monitor.screen.change_threshold",
    "activity_monitor.audio.sample_rate",
    "activity_monitor.audio.channels",
    "activity_monitor.audio.chunk_size",
    "activity_monitor.audio.threshold",
    "activity_monitor.audio.check_interval_ms",
    "activity_monitor.window.check_interval_sec",
    "aws.credentials.store_credentials",
    "aws.credentials.save",
    "aws.auto_start*",
    "aws.auto_stop*",
    "logging*",
    "log_level",
};

bool is_of_the_original(std::string_view key) {
    return std::ranges::any_of(keys_of_the_original, [&](std::string_view pattern) {
        return pattern.ends_with('*') ? key.starts_with(pattern.substr(0, pattern.size() - 1)) : key == pattern;
    });
}

bool is_section(std::string_view key) {
    return std::ranges::any_of(field_keys(), [&](std::string_view known) {
        return known.starts_with(key) && known.size() > key.size() && known[key.size()] == '.';
    });
}

/// Whether a key's name suggests a secret of AWS, or is itself an access key id ("AKIA...", "ASIA...").
bool is_secret(std::string_view name) {
    std::string plain;
    for (char c : name)
        if (c != '_' && c != '-') plain += lower_case(c);
    const auto has = [&](std::string_view word) { return plain.find(word) != std::string::npos; };
    return has("accesskey") || has("secret") || has("sessiontoken") || has("password") || name.starts_with("AKIA") ||
           name.starts_with("ASIA");
}

/// Describes an invalid value for a person without revealing a misplaced secret: AWS's keys have 20 and 40 characters,
/// so longer texts are not shown.
std::string described(const JsonNode& node) {
    constexpr std::size_t longest_shown = 19;
    struct Describer {
        std::string operator()(std::nullptr_t) const { return "null"; }
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(std::int64_t number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(const std::string& text) const {
            return text.size() <= longest_shown ? doze::quoted(text)
                                                : fmt::format("a text of {} characters", text.size());
        }
        std::string operator()(const JsonNode::List& list) const {
            std::string out = "[";
            for (const auto& item : list) {
                if (out.size() > 60) return out + ", ...]";
                const bool nested = std::holds_alternative<JsonNode::List>(item.value);
                out += (out.size() > 1 ? ", " : "") + (nested ? "[...]" : std::visit(*this, item.value));
            }
            return out + "]";
        }
        std::string operator()(const JsonNode::Object&) const { return "{...}"; }
    };
    return std::visit(Describer{}, node.value);
}

/// Converts the tree of settings.json to Settings.
class SettingsReader {
   public:
    explicit SettingsReader(Findings& findings) : findings_(findings) {}

    Result<Loaded<Settings>> read(const JsonNode& root) {
        if (const auto* object = std::get_if<JsonNode::Object>(&root.value)) {
            section(*object, "");
        } else {
            findings_.error(root.line, "must be an object { ... }, is " + described(root));
        }
        if (!findings_.ok()) return findings_.as_error();
        if (!unused_.empty()) findings_.info(unused_line_, "not used by doze: " + unused_);
        return Loaded<Settings>{std::move(settings_), findings_.take_notes()};
    }

   private:
    void section(const JsonNode::Object& object, const std::string& prefix) {
        std::map<std::string_view, std::size_t> last;
        for (std::size_t i = 0; i < object.size(); ++i) last[object[i].key] = i;
        for (std::size_t i = 0; i < object.size(); ++i) {
            const auto& item = object[i];
            const auto counts = last[item.key];
            if (counts == i) {
                member(item, prefix + item.key);
            } else if (!is_secret(item.key)) {
                findings_.warn(item.line, fmt::format("{} stands twice; the one in line {} counts",
                                                      printable(prefix + item.key), object[counts].line));
            }
        }
    }

    void member(const JsonMember& item, const std::string& key) {
        const bool nested = item.key.find('.') == std::string::npos;
        if (const auto index = find_field(key); index && nested) {
            field(*index, item.node);
        } else if (is_secret(item.key)) {
            findings_.warn(item.line,
                           "here stands a key or password. doze does not read it. Keys belong into ~/.aws/credentials "
                           "(\"aws configure\" puts them there): please delete it from this file");
        } else if (is_section(key) && nested) {
            if (const auto* object = std::get_if<JsonNode::Object>(&item.node.value))
                section(*object, key + ".");
            else
                findings_.error(item.node.line,
                                fmt::format("{} must be an object {{ ... }}, is {}", key, described(item.node)));
        } else if (is_of_the_original(key)) {
            if (unused_.empty()) unused_line_ = item.line;
            unused_ += (unused_.empty() ? "" : ", ") + printable(key);
        } else {
            unknown(item, key);
        }
    }

    void field(std::size_t index, const JsonNode& node) {
        const Field& row = fields()[index];
        if (auto value = read_value(row, node)) {
            settings_.set(index, std::move(*value), node.line);
        } else {
            // The value may be the password itself.
            const bool hides =
                row.check.secret || (is_secret(row.key) && std::holds_alternative<std::string>(node.value));
            findings_.error(node.line, fmt::format("{} must be {}, is {}", row.key, allowed(row),
                                                   hides ? "something else" : described(node)));
        }
    }

    void unknown(const JsonMember& item, const std::string& key) {
        if (findings_.full()) return;
        const bool dotted = item.key.find('.') != std::string::npos;
        findings_.warn(item.line,
                       fmt::format("doze knows no {}{}{}", printable(key), did_you_mean(key, sections_and_keys()),
                                   dotted ? "; write objects within objects, not dots" : ""));
    }

    static std::string printable(const std::string& key) {
        const auto text = doze::quoted(key);
        return text.substr(1, text.size() - 2);
    }

    Findings& findings_;
    Settings settings_;
    std::string unused_;
    int unused_line_ = 0;
};

std::string_view type_name(const Value& value) {
    constexpr std::array<std::string_view, 5> names{"true or false", "a whole number", "a number", "a text",
                                                    "a list of texts"};
    return names.at(value.index());
}

template <class T>
std::optional<T> as(const Value& value) {
    if constexpr (std::same_as<T, int>) {
        if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<int>(*whole);
    } else {
        if (const auto* same = std::get_if<T>(&value)) return *same;
        if constexpr (std::same_as<T, double>)
            if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    }
    return std::nullopt;
}

}  // namespace

void Settings::set(std::size_t field, Value value, int line) {
    const Field& row = fields().at(field);
    row.apply(*this, row.check, value);
    given_.insert_or_assign(field, Given{std::move(value), line});
}

const Value& Settings::value(std::size_t field) const {
    const auto given = given_.find(field);
    return given == given_.end() ? fields().at(field).default_value : given->second.value;
}

int Settings::line(std::size_t field) const {
    const auto given = given_.find(field);
    return given == given_.end() ? 0 : given->second.line;
}

bool Settings::operator==(const Settings& other) const {
    for (std::size_t i = 0; i < fields().size(); ++i)
        if (value(i) != other.value(i)) return false;
    return true;
}

template <class T>
Result<T> Settings::get(std::string_view key) const {
    const auto index = find_field(key);
    if (!index)
        return Error{
            .code = ErrorCode::bad_request,
            .message = fmt::format("doze knows no setting {}{}.", doze::quoted(key), did_you_mean(key, field_keys()))};
    const Value& value = this->value(*index);
    if (auto typed = as<T>(value)) return std::move(*typed);
    return Error{
        .code = ErrorCode::bad_request,
        .message = fmt::format("The setting {} is {}; it was asked for as something else.", key, type_name(value))};
}

template Result<bool> Settings::get<bool>(std::string_view) const;
template Result<int> Settings::get<int>(std::string_view) const;
template Result<double> Settings::get<double>(std::string_view) const;
template Result<std::string> Settings::get<std::string>(std::string_view) const;
template Result<std::vector<std::string>> Settings::get<std::vector<std::string>>(std::string_view) const;

Result<Loaded<Settings>> parse_settings(std::string_view text, std::string_view file) {
    if (auto readable = check_text(text, file, largest_settings); !readable) return readable.error();
    const auto root = parse_json(text, file);
    if (!root) return root.error();
    Findings findings(file);
    return SettingsReader(findings).read(*root);
}

std::vector<Note> check_settings(std::string_view text, std::string_view file) {
    if (auto readable = check_text(text, file, largest_settings); !readable) return {to_note(readable.error())};
    const auto root = parse_json(text, file);
    if (!root) return {to_note(root.error())};
    Findings findings(file);
    auto loaded = SettingsReader(findings).read(*root);
    return loaded ? std::move(loaded->notes) : findings.take_notes();
}

std::string default_settings_text() {
    std::string out = "{";
    std::vector<std::string> open;  // Path of the current section.
    bool first = true;
    const auto indent = [&] { return std::string((open.size() + 1) * 4, ' '); };
    for (const auto& field : fields()) {
        std::vector<std::string> path;
        std::string_view rest = field.key;
        for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
            path.emplace_back(rest.substr(0, dot));
            rest.remove_prefix(dot + 1);
        }
        while (open.size() > path.size() || !std::equal(open.begin(), open.end(), path.begin())) {
            open.pop_back();
            out += "\n" + indent() + "}";
        }
        out += first ? "\n" : ",\n";
        while (open.size() < path.size()) {
            out += indent() + fmt::format("\"{}\": {{\n", path[open.size()]);
            open.push_back(path[open.size()]);
        }
        out += indent() + fmt::format("\"{}\": {}", rest, to_json(field.default_value));
        first = false;
    }
    while (!open.empty()) {
        open.pop_back();
        out += "\n" + indent() + "}";
    }
    return out + "\n}\n";
}

}  // namespace doze::config
