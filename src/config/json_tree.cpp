#include "config/json_tree.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>
#include <utility>

#include "config/loaded.hpp"

namespace doze::config {
namespace {

using boost::system::error_code;

/// The parser's handler, which builds the tree. basic_parser requires the member functions; each returns whether to
/// continue.
class TreeBuilder {
   public:
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);

    int line = 1;
    JsonNode root;

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return open(JsonNode::Object()); }
    bool on_object_end(std::size_t, error_code&) { return close(); }
    bool on_array_begin(error_code&) { return open(JsonNode::List()); }
    bool on_array_end(std::size_t, error_code&) { return close(); }
    bool on_key_part(std::string_view part, std::size_t, error_code&) { return gather(part); }
    bool on_key(std::string_view part, std::size_t, error_code&) {
        gather(part);
        keys_.push_back({std::exchange(text_, {}), line});
        return true;
    }
    bool on_string_part(std::string_view part, std::size_t, error_code&) { return gather(part); }
    bool on_string(std::string_view part, std::size_t, error_code&) {
        gather(part);
        return add({line, std::exchange(text_, {})});
    }
    bool on_number_part(std::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, std::string_view, error_code&) { return add({line, number}); }
    bool on_uint64(std::uint64_t number, std::string_view, error_code&) {
        return add({line, static_cast<double>(number)});  // The parser only calls this for numbers beyond int64.
    }
    bool on_double(double number, std::string_view, error_code&) { return add({line, number}); }
    bool on_bool(bool flag, error_code&) { return add({line, flag}); }
    bool on_null(error_code&) { return add({line, nullptr}); }
    bool on_comment_part(std::string_view, error_code&) { return true; }
    bool on_comment(std::string_view, error_code&) { return true; }

   private:
    struct Key {
        std::string text;
        int line;
    };

    template <class Container>
    bool open(Container container) {
        open_.push_back({line, std::move(container)});
        return true;
    }

    bool close() {
        JsonNode node = std::move(open_.back());
        open_.pop_back();
        return add(std::move(node));
    }

    bool add(JsonNode node) {
        if (open_.empty()) {
            root = std::move(node);
        } else if (auto* list = std::get_if<JsonNode::List>(&open_.back().value)) {
            list->push_back(std::move(node));
        } else {
            Key key = std::move(keys_.back());
            keys_.pop_back();
            std::get<JsonNode::Object>(open_.back().value).push_back({std::move(key.text), key.line, std::move(node)});
        }
        return true;
    }

    bool gather(std::string_view part) {
        text_ += part;
        return true;
    }

    std::vector<JsonNode> open_;
    std::vector<Key> keys_;
    std::string text_;
};

using Parser = boost::json::basic_parser<TreeBuilder>;

/// The line of `text` that starts at `from`, including its line feed.
std::string_view line_at(std::string_view text, std::size_t from) {
    const auto end = text.find('\n', from);
    return text.substr(from, end == std::string_view::npos ? end : end - from + 1);
}

error_code feed(Parser& parser, std::string_view part) {
    error_code error;
    const auto taken = parser.write_some(true, part.data(), part.size(), error);
    if (!error && taken < part.size()) return boost::json::error::extra_data;  // Text after the end of the document.
    return error;
}

/// The offset of the error in the line that starts at `line_start`. The parser reports no position, so a second parser
/// is given that line byte by byte.
std::size_t failing_offset(std::string_view text, std::size_t line_start) {
    Parser parser{boost::json::parse_options()};
    feed(parser, text.substr(0, line_start));
    for (std::size_t i = line_start; i < text.size(); ++i)
        if (feed(parser, text.substr(i, 1))) return i;
    return text.size();
}

std::string_view hint(char at) {
    switch (at) {
        case '"': return "a comma or a colon is missing before this";
        case '}':
        case ']': return "a comma is too much before this, or a value is missing";
        case '/':
        case '#': return "JSON has no comments";
        case '\'': return "JSON wants double quotes";
        default: return "this is not JSON";
    }
}

Error syntax_error(std::string_view text, std::string_view file, int line, std::size_t line_start, error_code why) {
    const auto offset = failing_offset(text, line_start);
    const auto place = fmt::format("{}:{}", file, line);
    const auto reason =
        why == boost::json::error::syntax && offset < text.size() ? std::string(hint(text[offset])) : why.message();
    Findings at_column(place);
    at_column.error(static_cast<int>(offset - line_start) + 1, reason);
    return at_column.as_error();
}

}  // namespace

Result<JsonNode> parse_json(std::string_view text, std::string_view file) {
    text = without_bom(text);
    Findings findings(file);
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        findings.error(1, "the file is empty; delete it, and doze writes one with the defaults");
        return findings.as_error();
    }
    Parser parser{boost::json::parse_options()};
    // JSON tokens never span lines, so a value's line is that of the piece in which its token ends.
    int line = 0;
    for (std::size_t start = 0; start < text.size();) {
        const auto piece = line_at(text, start);
        parser.handler().line = ++line;
        if (const auto error = feed(parser, piece)) return syntax_error(text, file, line, start, error);
        start += piece.size();
    }
    error_code error;
    parser.write_some(false, nullptr, 0, error);
    if (error) {
        findings.error(line, "the file ends before its JSON does; a closing bracket or quote is missing");
        return findings.as_error();
    }
    return std::move(parser.handler().root);
}

}  // namespace doze::config
