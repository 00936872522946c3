#include "config/yaml_flow.hpp"

namespace doze::config {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}
bool is_space(char c) {
    return is_blank(c) || c == '\r' || c == '\n';
}

/// After a quoted scalar that begins at `at`; the end of the text if it does not end.
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
    char before = text[open];  // The last character that is neither blank nor comment.
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
            // A quote within a plain scalar (it's) is none.
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
    // From the back, so that the offsets in front stay true.
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
    // A line of its own leaves nothing but blanks behind.
    const auto line_begin = begin == 0 ? 0 : out.rfind('\n', begin - 1) + 1;
    const auto line_stop = line_end(out, line_begin);
    const bool own_line = line_begin > span.open && out.find_first_not_of(" \t\r", line_begin) >= line_stop;
    if (own_line && line_stop < out.size()) erase(out, line_begin, line_stop + 1);
    return out;
}

}  // namespace doze::config
