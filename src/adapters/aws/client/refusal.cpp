#include <algorithm>
#include <cstring>
#include <pugixml.hpp>
#include <string_view>

#include "adapters/aws/client/errors.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace doze::aws {

namespace {

/// One line that can be logged. AWS's encoded details are of no use to people.
std::string tidy(std::string_view text) {
    constexpr std::size_t longest = 500;
    text = text.substr(0, text.find("Encoded authorization failure message"));
    std::string line;
    for (const char c : text) {
        const bool blank = static_cast<unsigned char>(c) <= ' ';
        if (!blank) line += c;
        if (blank && !line.empty() && line.back() != ' ') line += ' ';
    }
    line.resize(first_bytes(line, longest).size());
    while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
    return line;
}

/// "com.amazonaws.ecs#ClusterNotFoundException:http://..." is the code ClusterNotFoundException.
std::string plain_code(std::string_view text) {
    text = text.substr(0, text.find(':'));
    if (const auto hash = text.rfind('#'); hash != std::string_view::npos) text.remove_prefix(hash + 1);
    // Nothing but a word is a code; this keeps a garbled answer out of messages.
    const bool word = std::ranges::all_of(
        text, [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == '-'; });
    return word && text.size() <= 100 ? std::string(text) : std::string();
}

Refusal refusal_of_xml(const std::string& body) {
    pugi::xml_document document;
    if (!document.load_buffer(body.data(), body.size())) return {};
    const auto error = document.find_node(
        [](const pugi::xml_node& node) { return std::strcmp(node.name(), "Error") == 0 && node.child("Code"); });
    return {plain_code(error.child_value("Code")), tidy(error.child_value("Message"))};
}

Refusal refusal_of_json(const std::string& body) {
    const auto object = parse_json_object(body);
    if (!object) return {};
    const auto text = [&](std::initializer_list<const char*> keys) {
        for (const char* key : keys)
            if (auto found = string_at(*object, key)) return *std::move(found);
        return std::string();
    };
    return {plain_code(text({"__type", "code", "Code"})), tidy(text({"message", "Message", "errorMessage"}))};
}

}  // namespace

Refusal parse_refusal(const ports::HttpResponse& response) {
    const auto first = response.body.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    const char begin = first == std::string::npos ? '\0' : response.body[first];
    Refusal refusal;
    if (begin == '<') refusal = refusal_of_xml(response.body);
    if (begin == '{') refusal = refusal_of_json(response.body);
    if (auto code = plain_code(response.header("x-amzn-errortype")); !code.empty()) refusal.code = std::move(code);
    return refusal;
}

}  // namespace doze::aws
