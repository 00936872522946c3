#include "app/offline/auth/credentials_file.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>
#include <vector>

#include "adapters/aws/profiles/ini.hpp"

namespace doze::auth {

namespace {

using aws::IniLine;
using Kind = IniLine::Kind;

struct Line {
    std::string_view text;  ///< Includes its line end.
    IniLine is;
};

/// Classifies the lines as the parser of these files does.
std::vector<Line> read_lines(std::string_view text) {
    std::vector<Line> lines;
    aws::IniLines reader;
    for (const auto line : aws::lines_of(text)) {
        lines.push_back({line, reader.next(aws::without_end(line))});
    }
    return lines;
}

bool is_title(const Line& line, std::string_view profile) {
    return line.is.kind == Kind::section && line.is.name == profile;
}

bool is_marker(const Line& line) {
    return line.is.kind == Kind::comment && line.is.content == keys_marker;
}

bool is_key(const Line& line) {
    if (line.is.kind != Kind::setting) return false;
    const std::string key = aws::key_of(line.is.name);
    return key == "aws_access_key_id" || key == "aws_secret_access_key" || key == "aws_session_token" ||
           key == "aws_security_token";
}

/// Whether the meaning of this line's indentation depends on the lines before it.
bool is_anchored(const Line& line) {
    return line.is.kind == Kind::section || line.is.kind == Kind::setting || line.is.kind == Kind::wrong;
}

/// Removes the profile's keys, whoever wrote them, and the continuation lines of their values.
std::vector<Line> without_any_keys(std::vector<Line> lines, std::string_view profile) {
    std::vector<Line> kept;
    bool inside = false;
    bool removing = false;
    for (auto& line : lines) {
        if (line.is.kind == Kind::section) inside = is_title(line, profile);
        if (is_anchored(line)) removing = inside && is_key(line);
        const bool goes_on = removing && line.is.kind == Kind::continuation;
        if (goes_on || (removing && is_key(line)) || (inside && is_marker(line))) continue;
        kept.push_back(line);
    }
    return kept;
}

/// Allocated once: a growing string leaves its old memory behind.
std::string room_for(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 4096);
    return out;
}

}  // namespace

std::string with_keys(std::string_view text, std::string_view profile, const aws::Credentials& keys) {
    const auto lines = read_lines(text);
    std::string_view line_end = lines.empty() ? "" : lines.front().text;
    line_end.remove_prefix(aws::without_end(line_end).size());
    if (line_end.empty()) line_end = "\n";
    std::string out = room_for(text);
    const auto append = [&](std::initializer_list<std::string_view> parts) {
        for (const auto part : parts) out += part;
        out += line_end;
    };
    const auto append_keys = [&](std::string_view indentation) {
        append({indentation, keys_marker});
        append({indentation, "aws_access_key_id = ", keys.access_key_id});
        append({indentation, "aws_secret_access_key = ", keys.secret_access_key.view()});
    };
    const auto kept = without_any_keys(lines, profile);
    bool written = false;
    for (auto line = kept.begin(); line != kept.end(); ++line) {
        out += line->text;
        if (written || !is_title(*line, profile)) continue;
        if (!out.ends_with('\n') && !out.ends_with('\r')) out += line_end;
        // A line with deeper indentation than the one before would continue the secret.
        const auto next = std::find_if(line + 1, kept.end(), is_anchored);
        append_keys(next == kept.end() ? std::string_view() : next->is.indentation);
        written = true;
    }
    if (written) return out;
    if (!out.empty() && !out.ends_with('\n') && !out.ends_with('\r')) out += line_end;
    if (!out.empty()) out += line_end;
    append({"[", profile, "]"});
    append_keys({});
    return out;
}

std::string without_keys(std::string_view text, std::string_view profile) {
    const auto lines = read_lines(text);
    std::vector<std::string_view> kept;
    std::size_t title_at = 0;  // Index in `kept` of the current section's title.
    bool only_blank =
        false;  // Whether the current section is the profile, had keys that doze wrote, and contains nothing else.
    bool inside = false;
    bool ours = false;
    const auto close_section = [&](std::string_view indentation_after) {
        // An indented line after the section would continue the text before it.
        const bool goes = std::exchange(ours, false) && only_blank && indentation_after.empty();
        if (goes) kept.resize(title_at);
        // Also removes the blank line before the section.
        if (goes && !kept.empty() && aws::without_end(kept.back()).empty()) kept.pop_back();
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (lines[i].is.kind == Kind::section) {
            close_section(lines[i].is.indentation);
            inside = is_title(lines[i], profile);
            only_blank = inside;
            title_at = kept.size();
        } else if (inside && is_marker(lines[i])) {
            ours = true;
            while (i + 1 < lines.size() && is_key(lines[i + 1])) ++i;
            continue;
        } else if (lines[i].is.kind != Kind::blank) {
            only_blank = false;
        }
        kept.push_back(lines[i].text);
    }
    close_section({});
    std::string out = room_for(text);
    for (const auto line : kept) out += line;
    return out;
}

}  // namespace doze::auth
