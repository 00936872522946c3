#include "config/field.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <fmt/format.h>
#include <string_view>
#include <utility>
#include <vector>

#include "config/fields.hpp"
#include "config/services.hpp"
#include "core/model/kinds.hpp"

namespace doze::config {

namespace {

using Texts = std::vector<std::string>;
using Integer = std::int64_t;

std::optional<Value> in_range(const Field& field, double number, Value value) {
    if (field.check.range && (number < field.check.range->min || number > field.check.range->max)) return std::nullopt;
    return value;
}

std::optional<Value> read_integer(const Field& field, const JsonNode& node) {
    if (const auto* whole = std::get_if<Integer>(&node.value))
        return in_range(field, static_cast<double>(*whole), *whole);
    // Some programs write 5 as 5.0.
    const auto* real = std::get_if<double>(&node.value);
    constexpr double exact = 9007199254740992.0;  // 2^53: the limit up to which a double holds every integer.
    if (real == nullptr || std::trunc(*real) != *real || std::abs(*real) > exact) return std::nullopt;
    return in_range(field, *real, static_cast<Integer>(*real));
}

std::optional<Value> read_number(const Field& field, const JsonNode& node) {
    if (const auto* real = std::get_if<double>(&node.value)) return in_range(field, *real, *real);
    if (const auto* whole = std::get_if<Integer>(&node.value)) {
        const auto number = static_cast<double>(*whole);
        return in_range(field, number, number);
    }
    return std::nullopt;
}

std::optional<std::string> read_text(const Field& field, const JsonNode& node) {
    const auto* text = std::get_if<std::string>(&node.value);
    if (text == nullptr || (field.check.text && !field.check.text->ok(*text))) return std::nullopt;
    return *text;
}

std::optional<Value> read_texts(const Field& field, const JsonNode& node) {
    const auto* list = std::get_if<JsonNode::List>(&node.value);
    if (list == nullptr || (list->empty() && !field.check.may_be_empty)) return std::nullopt;
    Texts texts;
    for (const auto& item : *list) {
        auto text = read_text(field, item);
        if (!text) return std::nullopt;
        texts.push_back(std::move(*text));
    }
    return texts;
}

}  // namespace

std::string allowed(const Field& field) {
    const auto expected = field.check.text ? field.check.text->expected : std::string_view();
    if (std::holds_alternative<bool>(field.default_value)) return "true or false";
    if (std::holds_alternative<std::string>(field.default_value)) return std::string(expected);
    if (std::holds_alternative<Texts>(field.default_value))
        return fmt::format("a list of {}{}", field.check.may_be_empty ? "" : "one or more ", expected);
    const auto* kind = std::holds_alternative<Integer>(field.default_value) ? "a whole number" : "a number";
    return field.check.range ? fmt::format("{} from {} to {}", kind, field.check.range->min, field.check.range->max)
                             : kind;
}

std::optional<Value> read_value(const Field& field, const JsonNode& node) {
    if (std::holds_alternative<double>(field.default_value)) return read_number(field, node);
    if (std::holds_alternative<Integer>(field.default_value)) return read_integer(field, node);
    if (std::holds_alternative<Texts>(field.default_value)) return read_texts(field, node);
    if (std::holds_alternative<std::string>(field.default_value)) {
        auto text = read_text(field, node);
        if (!text) return std::nullopt;
        return Value(std::move(*text));
    }
    if (const auto* flag = std::get_if<bool>(&node.value)) return *flag;
    return std::nullopt;
}

std::string to_json(const Value& value) {
    struct Writer {
        std::string operator()(bool flag) const { return flag ? "true" : "false"; }
        std::string operator()(Integer number) const { return std::to_string(number); }
        std::string operator()(double number) const { return fmt::format("{}", number); }
        std::string operator()(const std::string& text) const {
            return boost::json::serialize(boost::json::value(text));
        }
        std::string operator()(const Texts& texts) const {
            std::string out = "[";
            for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + (*this)(text);
            return out + "]";
        }
    };
    return std::visit(Writer{}, value);
}

namespace {

constexpr std::string_view before_the_keys = R"(# Configuration

*This page is rendered from the field table in `src/config/fields.cpp`; a unit test compares the two
(`DOZE_TEST_ACCEPT=1` in its environment writes the page anew).*

doze has two files, in the folder that `--config-dir` names, else `$DOZE_CONFIG_DIR`, else
`$XDG_CONFIG_HOME/doze`, else `~/.config/doze`:

| file | what it says |
| --- | --- |
| `settings.json` | how doze behaves |
| `services.yaml` | which resources it puts to sleep by itself; anything else only on your command |

A missing file is created with its defaults. A file that doze can't read is never overwritten: doze says
file, line and what is wrong, and goes on with what it read last, or does not start. Edits are picked up
without a restart. Whoever can change these files decides what is stopped: one that belongs to another user, that others
may write (the world, or a group with other members), or that a link of another user leads to is refused, and so is such a
folder on the way to it. Your own links, and root's files at their end, are fine.

- `doze init` asks for what matters, tries it and writes both files in place.
- `doze config check` shows everything that is wrong in them, each with its line; exit code 1 if there is something.
- `doze config show` shows every key with its value, and whether that is the default or which line says so.

## settings.json

JSON, without comments. Every key may be missing and then has its default. A key that doze does not know is
reported, with the nearest one it knows; keys that only the original program knew are accepted and not used.
Numbers of minutes and seconds may have fractions.

**No AWS keys.** doze does not read them from this file and warns if it finds one there. They belong into
`~/.aws/credentials`; `aws configure` puts them there. The one secret here is `security.token`: doze never shows it, and
`doze doctor` warns while others may read the file.
)";

constexpr std::string_view before_the_lists = R"(
## services.yaml

A list for each kind. `doze register` and `doze unregister` edit them; comments, order and blank lines stay.

| list | item |
| --- | --- |
)";

std::string before_the_template() {
    return fmt::format(R"(
Any item may also have:

| key | meaning |
| --- | --- |
| `profile` | The profile of `~/.aws` whose credentials reach it. Without it: those that doze uses otherwise. |
| `busy_cpu_percent` | {loaded}. 1 to 100. It is not put to sleep while its CPU (CloudWatch, the last minutes) is above this, nor while that can't be known. |
| `hibernate` | {hibernates} only. `true`: hibernate instead of stop, where the instance was launched so that it can; else it is stopped. Where AWS can't do it yet doze tries for five minutes, then stops it and says so. |
| `force` | `true`: doze may put it to sleep although a tag marks it as production. No other guard can be overridden. |

`description` may be missing. `desired_size` ({sized}) is what a wake restores when doze has no record of what it
was; it may be missing too. A resource that stands twice counts once, as first written.
When doze removes a resource, comments that have a line of their own stay.

This is the file that doze starts with:

```yaml
)",
                       fmt::arg("loaded", core::commands_with(&core::KindInfo::loaded)),
                       fmt::arg("hibernates", core::commands_with(&core::KindInfo::hibernates)),
                       fmt::arg("sized", core::commands_with(&core::KindInfo::sized)));
}

std::string section_of(std::string_view key) {
    const auto dot = key.rfind('.');
    return dot == std::string_view::npos ? std::string() : std::string(key.substr(0, dot));
}

/// Escapes text for a table cell.
std::string cell(std::string_view text) {
    std::string out;
    for (char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
    return out;
}

/// The keys of an item: `group_name`, `region`, ...
std::string item_keys(const core::KindInfo& kind) {
    std::string keys = kind.in_cluster ? "`cluster_name`, " : "";
    keys += fmt::format("`{}`, `region`, ", kind.name_key);
    if (kind.sized) keys += "`desired_size`, ";
    return keys + "`description`";
}

}  // namespace

std::string reference_page() {
    std::string page(before_the_keys);
    std::string section = "-";
    for (const auto& field : fields()) {
        if (section_of(field.key) != section) {
            section = section_of(field.key);
            page += section.empty() ? "\n### At the top\n\n" : fmt::format("\n### {}\n\n", section);
            page += "| key | default | must be | unit | meaning |\n| --- | --- | --- | --- | --- |\n";
        }
        page += fmt::format("| `{}` | `{}` | {} | {} | {} |\n", field.key, to_json(field.default_value),
                            cell(allowed(field)), field.check.unit, cell(field.meaning));
    }
    page += before_the_lists;
    for (const auto& kind : core::kinds()) page += fmt::format("| `{}` | {} |\n", kind.registry, item_keys(kind));
    return page + before_the_template() + default_services_text() + "```\n";
}

}  // namespace doze::config
