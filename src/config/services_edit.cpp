// Edits services.yaml as text: adds or removes the lines of one item, and touches nothing else.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <utility>
#include <yaml-cpp/yaml.h>

#include "config/services.hpp"
#include "config/yaml_text.hpp"
#include "core/model/kinds.hpp"

namespace doze::config {
namespace {

using core::Registration;
using core::ResourceId;

struct Line {
    std::size_t begin;
    std::size_t end;   ///< Without the line feed.
    std::size_t next;  ///< After the line feed.
};

std::vector<Line> split(std::string_view text) {
    std::vector<Line> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto feed = text.find('\n', at);
        const auto end = feed == std::string_view::npos ? text.size() : feed;
        const auto next = feed == std::string_view::npos ? end : end + 1;
        lines.push_back({at, end, next});
        at = next;
    }
    return lines;
}

Error not_editable(std::string_view file) {
    return {.code = ErrorCode::internal,
            .message = fmt::format("{} is laid out in a way that doze can't edit safely; it is as it was.", file),
            .next_step = "Edit it by hand; doze picks the edit up."};
}

/// Finds positions in the text of services.yaml. REQUIRES: parse_services() accepted it.
class Document {
   public:
    Document(std::string text, const YAML::Node& root) : text_(std::move(text)), root_(root), lines_(split(text_)) {}

    /// The new text; empty if the layout can't be edited.
    std::optional<std::string> insert(const Registration& registration) const;
    std::optional<std::string> erase(const core::KindInfo& kind, const std::vector<std::size_t>& doomed) const;

   private:
    struct Entry {
        YAML::Node key;
        YAML::Node value;
        std::size_t key_line;
        std::size_t end_line;  ///< One past the last line that may belong to it.
    };

    /// The items of a block list: the lines of their dashes, and the dashes' column.
    struct Block {
        std::size_t column;
        std::vector<std::size_t> dashes;
    };

    std::string_view line(std::size_t index) const {
        return std::string_view(text_).substr(lines_[index].begin, lines_[index].end - lines_[index].begin);
    }
    std::size_t indent(std::size_t index) const {
        return std::min(line(index).find_first_not_of(' '), line(index).size());
    }
    bool is_blank(std::size_t index) const { return line(index).find_first_not_of(" \t\r") == std::string_view::npos; }
    bool is_comment(std::size_t index) const {
        const auto first = line(index).find_first_not_of(" \t");
        return first != std::string_view::npos && line(index)[first] == '#';
    }
    std::size_t offset(const YAML::Node& node) const {
        const auto mark = node.Mark();
        return lines_[static_cast<std::size_t>(mark.line)].begin + static_cast<std::size_t>(mark.column);
    }
    bool is_flow(const YAML::Node& node) const { return node.Style() == YAML::EmitterStyle::Flow; }
    std::string newline() const {
        return !lines_.empty() && lines_[0].next > lines_[0].end && line(0).ends_with('\r') ? "\r\n" : "\n";
    }

    std::optional<Entry> find(std::string_view key) const;
    std::size_t document_end(std::size_t from) const;
    std::optional<Block> block(const Entry& entry) const;
    std::size_t item_end(const Block& block, std::size_t index, std::size_t end_line) const;
    std::size_t usual_indent() const;
    std::optional<std::size_t> after_colon(const Entry& entry) const;

    std::string insert_lines(std::size_t before_line, const std::string& lines) const;
    std::optional<std::string> insert_first(const Entry& entry, const Registration& registration) const;
    std::optional<std::string> insert_list(const Registration& registration) const;
    std::optional<std::string> insert_flow(const YAML::Node& node, const std::string& item) const;

    std::string text_;
    YAML::Node root_;
    std::vector<Line> lines_;
};

std::optional<Document::Entry> Document::find(std::string_view key) const {
    std::optional<Entry> found;
    for (const auto& entry : root_) {
        const auto key_line = static_cast<std::size_t>(entry.first.Mark().line);
        if (found) {
            found->end_line = key_line;
            return found;
        }
        if (entry.first.IsScalar() && entry.first.Scalar() == key)
            found = Entry{entry.first, entry.second, key_line, 0};
    }
    if (found) found->end_line = document_end(found->key_line + 1);
    return found;
}

/// The line of the document end marker, or one past the last line.
std::size_t Document::document_end(std::size_t from) const {
    for (; from < lines_.size(); ++from)
        if (line(from).starts_with("...") || line(from).starts_with("---")) break;
    return std::min(from, lines_.size());
}

std::optional<Document::Block> Document::block(const Entry& entry) const {
    auto at = entry.key_line + 1;
    while (at < entry.end_line && (is_blank(at) || is_comment(at))) ++at;
    if (at >= entry.end_line) return std::nullopt;
    Block found{indent(at), {}};
    for (; at < entry.end_line; ++at) {
        const auto rest = line(at).substr(indent(at));
        const bool dash = rest.starts_with('-') && (rest.size() == 1 || rest[1] == ' ' || rest[1] == '\r');
        if (indent(at) == found.column && dash) found.dashes.push_back(at);
    }
    if (found.dashes.size() != entry.value.size()) return std::nullopt;
    return found;
}

/// One past the last line of an item. Blank lines, and comments not indented deeper than the dash, belong to what
/// follows.
std::size_t Document::item_end(const Block& block, std::size_t index, std::size_t end_line) const {
    auto end = index + 1 < block.dashes.size() ? block.dashes[index + 1] : end_line;
    while (end > block.dashes[index] + 1 &&
           (is_blank(end - 1) || (is_comment(end - 1) && indent(end - 1) <= block.column)))
        --end;
    return end;
}

/// How deep this file's lists are indented below their keys.
std::size_t Document::usual_indent() const {
    for (const auto& kind : core::kinds()) {
        const auto entry = find(kind.registry);
        if (!entry || !entry->value.IsSequence() || is_flow(entry->value)) continue;
        const auto key_column = static_cast<std::size_t>(entry->key.Mark().column);
        if (const auto items = block(*entry); items && items->column >= key_column) return items->column - key_column;
    }
    return 2;
}

/// The offset after the colon of a key at the start of its line.
std::optional<std::size_t> Document::after_colon(const Entry& entry) const {
    if (indent(entry.key_line) != static_cast<std::size_t>(entry.key.Mark().column)) return std::nullopt;
    const auto length = entry.key.Scalar().size();
    auto rest = line(entry.key_line).substr(indent(entry.key_line));
    const std::size_t quotes = rest.starts_with('"') || rest.starts_with('\'') ? 1 : 0;
    if (rest.substr(quotes, length) != entry.key.Scalar()) return std::nullopt;
    const auto colon = rest.find_first_not_of(' ', length + 2 * quotes);
    if (colon == std::string_view::npos || rest[colon] != ':') return std::nullopt;
    return lines_[entry.key_line].begin + indent(entry.key_line) + colon + 1;
}

std::string Document::insert_lines(std::size_t before_line, const std::string& lines) const {
    std::string out = text_;
    if (before_line < lines_.size()) return out.insert(lines_[before_line].begin, lines);
    if (!out.empty() && !out.ends_with('\n')) out += newline();
    return out + lines;
}

/// Inserts into an empty list: "key:", "key: []" or "key: null", with or without a trailing comment.
std::optional<std::string> Document::insert_first(const Entry& entry, const Registration& registration) const {
    const auto begin = after_colon(entry);
    if (!begin) return std::nullopt;
    auto rest = std::string_view(text_).substr(*begin, lines_[entry.key_line].end - *begin);
    rest = rest.substr(0, rest.find('#'));
    const auto last = rest.find_last_not_of(" \t\r");
    rest = last == std::string_view::npos ? std::string_view() : rest.substr(0, last + 1);
    std::string value;
    for (char c : rest)
        if (c != ' ') value += c;
    if (!value.empty() && value != "[]" && value != "null" && value != "~") return std::nullopt;
    const auto column = static_cast<std::size_t>(entry.key.Mark().column) + usual_indent();
    auto out = insert_lines(entry.key_line + 1, yaml_block_item(registration, column, newline()));
    return out.erase(*begin, rest.size());
}

/// Appends a list that the file does not have yet.
std::optional<std::string> Document::insert_list(const Registration& registration) const {
    const auto key = std::string(core::info(registration.id.kind).registry);
    if (root_.IsMap() && is_flow(root_))
        return insert_flow(root_, fmt::format("{}: [{}]", key, yaml_flow_item(registration)));
    std::size_t column = 0;
    std::size_t last_key = 0;
    if (root_.IsMap()) {
        for (const auto& entry : root_) last_key = static_cast<std::size_t>(entry.first.Mark().line);
        column = static_cast<std::size_t>(root_.begin()->first.Mark().column);
    }
    const auto end = root_.IsMap() ? document_end(last_key + 1) : lines_.size();
    return insert_lines(end, std::string(column, ' ') + key + ":" + newline() +
                                 yaml_block_item(registration, column + usual_indent(), newline()));
}

std::optional<std::string> Document::insert_flow(const YAML::Node& node, const std::string& item) const {
    const auto span = scan_flow(text_, offset(node));
    if (!span) return std::nullopt;
    return flow_insert(text_, *span, item);
}

std::optional<std::string> Document::insert(const Registration& registration) const {
    const auto& kind = core::info(registration.id.kind);
    const auto entry = root_.IsMap() ? find(kind.registry) : std::nullopt;
    if (!entry) return insert_list(registration);
    if (entry->value.IsNull() || entry->value.size() == 0) {
        const bool in_flow = is_flow(root_);
        if (auto out = in_flow ? std::nullopt : insert_first(*entry, registration)) return out;
    }
    if (!entry->value.IsSequence()) return std::nullopt;
    if (is_flow(entry->value)) return insert_flow(entry->value, yaml_flow_item(registration));
    const auto items = block(*entry);
    if (!items) return std::nullopt;
    const auto end = item_end(*items, items->dashes.size() - 1, entry->end_line);
    return insert_lines(end, yaml_block_item(registration, items->column, newline()));
}

std::optional<std::string> Document::erase(const core::KindInfo& kind, const std::vector<std::size_t>& doomed) const {
    const auto entry = find(kind.registry);
    if (!entry) return std::nullopt;
    std::string out = text_;
    if (is_flow(entry->value)) {
        for (auto index = doomed.rbegin(); index != doomed.rend(); ++index) {
            const auto span = scan_flow(out, offset(entry->value));
            if (!span || *index >= span->items.size()) return std::nullopt;
            out = flow_erase(out, *span, *index);
        }
        return out;
    }
    const auto items = block(*entry);
    if (!items) return std::nullopt;
    for (auto index = doomed.rbegin(); index != doomed.rend(); ++index) {
        for (auto at = item_end(*items, *index, entry->end_line); at-- > items->dashes[*index];)
            if (!is_comment(at)) out.erase(lines_[at].begin, lines_[at].next - lines_[at].begin);
    }
    if (doomed.size() == items->dashes.size()) {
        const auto colon = after_colon(*entry);
        if (!colon) return std::nullopt;
        out.insert(*colon, " []");
    }
    return out;
}

/// Input of both edits: the file as text, tree and registrations.
struct Opened {
    std::string_view bom;
    std::string text;  ///< Without the byte order mark.
    YAML::Node root;
    LocatedRegistrations items;
};

Result<Opened> open(std::string_view text, std::string_view file) {
    const auto body = without_bom(text);
    if (auto readable = check_text(body, file, largest_services); !readable) return readable.error();
    const auto document = load_yaml(body, file);
    if (!document) return document.error();
    Findings findings(file);
    auto items = read_services(document->root, findings);
    if (!items) return items.error();
    return Opened{text.substr(0, text.size() - body.size()), std::string(body), document->root,
                  std::move(items->value)};
}

using ById = std::map<ResourceId, Registration>;

ById by_id(const LocatedRegistrations& items) {
    ById all;
    for (const auto& item : items)
        if (!item.duplicate) all.emplace(item.registration.id, item.registration);
    return all;
}

/// Returns the edited text only if it parses to exactly the expected registrations.
Result<std::string> verified(const Opened& before, const std::optional<std::string>& edited, const ById& expected,
                             std::string_view file) {
    if (!edited) return not_editable(file);
    const auto after = open(*edited, file);
    if (!after || by_id(after->items) != expected) return not_editable(file);
    return std::string(before.bom) + *edited;
}

}  // namespace

Result<std::string> with_registration(std::string_view text, const Registration& registration, std::string_view file) {
    const auto opened = open(text, file);
    if (!opened) return opened.error();
    auto expected = by_id(opened->items);
    if (expected.contains(registration.id))
        return Error{.code = ErrorCode::already_registered,
                     .message = fmt::format("{} is registered already.", to_string(registration.id))};
    if (!check_text(registration.description, "description", largest_services))
        return Error{.code = ErrorCode::bad_request,
                     .message = "The description is not a text.",
                     .next_step = "Use UTF-8 without control characters."};
    auto wanted = registration;
    if (!core::info(wanted.id.kind).sized) wanted.desired_size.reset();
    expected.emplace(wanted.id, wanted);
    return verified(*opened, Document(opened->text, opened->root).insert(wanted), expected, file);
}

Result<std::string> without_registration(std::string_view text, const ResourceId& id, std::string_view file) {
    const auto opened = open(text, file);
    if (!opened) return opened.error();
    auto expected = by_id(opened->items);
    if (expected.erase(id) == 0)
        return Error{.code = ErrorCode::not_registered, .message = fmt::format("{} is not registered.", to_string(id))};
    std::vector<std::size_t> doomed;
    for (const auto& item : opened->items)
        if (item.registration.id == id) doomed.push_back(item.position);
    return verified(*opened, Document(opened->text, opened->root).erase(core::info(id.kind), doomed), expected, file);
}

}  // namespace doze::config
