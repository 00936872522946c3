#include "auth/credentials_file.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace doze::auth {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Lines with their ends.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1);
        lines.push_back(text.substr(0, end + 1));
        text.remove_prefix(end + 1);
    }
    return lines;
}

std::string_view content_of(std::string_view line) {
    if (line.ends_with('\n')) line.remove_suffix(1);
    return trim(line);
}

/// The name in "[name]"; none for any other line.
std::optional<std::string_view> title_of(std::string_view line) {
    const auto content = content_of(line);
    const auto close = content.find(']');
    if (!content.starts_with('[') || close == std::string_view::npos) return std::nullopt;
    return trim(content.substr(1, close - 1));
}

bool is_key_line(std::string_view line) {
    std::string key(trim(content_of(line).substr(0, content_of(line).find('='))));
    std::ranges::transform(key, key.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return key == "aws_access_key_id" || key == "aws_secret_access_key" || key == "aws_session_token" ||
           key == "aws_security_token";
}

/// Allocated once: a string that grows leaves its old memory behind.
std::string room_for(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 4096);
    return out;
}

}  // namespace

std::string with_keys(std::string_view text, std::string_view profile, const cloud::aws::Credentials& keys) {
    const std::string_view line_end = text.find("\r\n") != std::string_view::npos ? "\r\n" : "\n";
    std::string out = room_for(text);
    const auto append = [&](std::initializer_list<std::string_view> parts) {
        for (const auto part : parts) out += part;
        out += line_end;
    };
    const auto append_keys = [&] {
        append({keys_marker});
        append({"aws_access_key_id = ", keys.access_key_id});
        append({"aws_secret_access_key = ", keys.secret_access_key.view()});
    };
    bool inside = false;
    bool written = false;
    for (const auto line : lines_of(text)) {
        if (const auto title = title_of(line)) inside = *title == profile;
        if (inside && (is_key_line(line) || content_of(line) == keys_marker)) continue;
        out += line;
        if (inside && !written && title_of(line)) {
            if (!line.ends_with('\n')) out += line_end;
            append_keys();
            written = true;
        }
    }
    if (written) return out;
    if (!out.empty() && !out.ends_with('\n')) out += line_end;
    if (!out.empty()) out += line_end;
    append({"[", profile, "]"});
    append_keys();
    return out;
}

std::string without_keys(std::string_view text, std::string_view profile) {
    const auto lines = lines_of(text);
    std::vector<std::string_view> kept;
    std::size_t title_at = 0;  // In `kept`, of the section that is being read.
    bool only_blank = false;   // Whether that section is the profile, had keys of ours, and holds nothing else.
    bool inside = false;
    bool ours = false;
    const auto close_section = [&] {
        if (ours && only_blank) kept.resize(title_at);
        // The blank line that was put before the section goes with it.
        if (ours && only_blank && !kept.empty() && content_of(kept.back()).empty()) kept.pop_back();
        ours = false;
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (const auto title = title_of(lines[i])) {
            close_section();
            inside = *title == profile;
            only_blank = inside;
            title_at = kept.size();
        } else if (inside && content_of(lines[i]) == keys_marker) {
            ours = true;
            while (i + 1 < lines.size() && is_key_line(lines[i + 1])) ++i;
            continue;
        } else if (!content_of(lines[i]).empty()) {
            only_blank = false;
        }
        kept.push_back(lines[i]);
    }
    close_section();
    std::string out = room_for(text);
    for (const auto line : kept) out += line;
    return out;
}

}  // namespace doze::auth
