#include "cli/manual.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <set>

#include "base/text.hpp"

namespace doze::cli {
namespace {

/// Date of the last change to the text in this file; man(7) requires one.
constexpr const char* page_date = "2026-11-28";

/// Removes the next UTF-8 character and returns it as an escape known to every roff.
std::string character(std::string_view& text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    unsigned code = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < std::min(size, text.size()); ++i) code = code << 6U | (text[i] & 0x3FU);
    text.remove_prefix(std::min(size, text.size()));
    return fmt::format("\\[u{:04X}]", code);
}

/// Escapes text: backslashes, hyphens that must stay ASCII for copying, and lines that would be requests.
std::string literal(std::string_view text) {
    std::string out;
    bool line_begins = true;
    while (!text.empty()) {
        const char c = text.front();
        if (static_cast<unsigned char>(c) >= 0x80) {
            out += character(text);
            line_begins = false;
            continue;
        }
        text.remove_prefix(1);
        if (line_begins && (c == '.' || c == '\'')) out += "\\&";
        line_begins = c == '\n';
        switch (c) {
            case '\\': out += "\\e"; break;
            case '-': out += "\\-"; break;
            case '`': out += "\\(ga"; break;
            case '\'': out += "\\(aq"; break;
            case '^': out += "\\(ha"; break;
            case '~': out += "\\(ti"; break;
            default: out += c;
        }
    }
    return out;
}

/// Wraps prose to short lines; ends with a line end.
std::string prose(std::string_view text) {
    constexpr std::size_t width = 72;
    std::string out;
    while (text.size() > width) {
        const auto space = text.rfind(' ', width);
        if (space == std::string_view::npos || space == 0) break;
        out += literal(text.substr(0, space)) + "\n";
        text.remove_prefix(space + 1);
    }
    return out + literal(text) + "\n";
}

/// Lines without wrapping, without trailing spaces.
std::string preformatted(std::string_view text) {
    std::string out = ".nf\n";
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        while (line.ends_with(' ')) line.remove_suffix(1);
        if (!line.empty()) out += literal(line) + "\n";
    }
    return out + ".fi\n";
}

std::string options_text(const std::vector<OptionHelp>& options) {
    std::string out;
    for (const auto& option : options) {
        std::vector<std::string> names;
        for (const auto& name : option.names) names.push_back("\\fB" + literal(name) + "\\fR");
        out += fmt::format(".TP\n{}{}\n{}", fmt::join(names, ", "),
                           option.value.empty() ? "" : " \\fI" + literal(option.value) + "\\fR", prose(option.what));
    }
    return out;
}

/// "doze scale [options] TARGET COUNT", in bold and italics.
std::string usage_of(const CommandHelp& command, const std::string& path) {
    auto out = "\\fB" + literal(path) + "\\fR";
    if (!command.options.empty()) out += " [\\fIoptions\\fR]";
    for (const auto& positional : command.positionals) {
        const auto name = fmt::format("\\fI{}\\fR{}", literal(positional.name), positional.many ? "..." : "");
        out += positional.required ? " " + name : " [" + name + "]";
    }
    return out;
}

std::string command_text(const CommandHelp& command, const std::string& path) {
    std::string out;
    if (command.commands.empty()) {
        out += fmt::format(".SS {}\n{}", usage_of(command, path), prose(command.what + "."));
        for (const auto& positional : command.positionals)
            out += fmt::format(".TP\n\\fI{}\\fR\n{}", literal(positional.name), prose(positional.what));
        out += options_text(command.options);
    } else {
        for (const auto& below : command.commands) out += command_text(below, path + " " + below.name);
    }
    if (!command.examples.empty()) out += ".PP\nExamples:\n.PP\n" + preformatted(command.examples);
    return out;
}

}  // namespace

std::string manual_page(const Grammar& grammar, std::string_view version) {
    const auto& program = grammar.program;
    auto out = fmt::format(".\\\" Made by `doze man`.\n.TH DOZE 1 {} \"doze {}\"\n", page_date, literal(version));
    out += ".SH NAME\ndoze \\- your cloud sleeps when you do\n";
    out += ".SH SYNOPSIS\n\\fBdoze\\fR [\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n";
    out += fmt::format(".SH DESCRIPTION\n{}", prose(program.what));
    out += ".SH OPTIONS\nThese go with all commands.\n" + options_text(program.options);
    std::string group;
    for (const auto& command : program.commands) {
        if (command.group != group) out += fmt::format(".SH {}\n", literal(upper_case(command.group)));
        group = command.group;
        out += command_text(command, command.name);
    }
    for (const auto& [title, text] : grammar.chapters)
        out += fmt::format(".SH {}\n{}", literal(upper_case(title)), preformatted(text));
    return out;
}

}  // namespace doze::cli
