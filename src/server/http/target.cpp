#include "server/http/target.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/letter_case.hpp"

namespace doze::server {

std::optional<WebTarget> parse_target(std::string_view text) {
    const auto url = boost::urls::parse_origin_form({text.data(), text.size()});
    if (!url) return std::nullopt;
    WebTarget target;
    for (const auto segment : url->segments()) target.path.emplace_back(segment);
    if (!target.path.empty() && target.path.back().empty()) target.path.pop_back();  // "/a/" is "/a".
    for (const auto param : url->params()) target.query.emplace_back(param.key, param.value);
    return target;
}

std::string_view page_language(std::string_view accept_language) {
    while (!accept_language.empty()) {
        const auto language = accept_language.substr(0, accept_language.find(','));
        accept_language.remove_prefix(std::min(accept_language.size(), language.size() + 1));
        const auto first = language.find_first_not_of(' ');
        if (first == std::string_view::npos) continue;
        const auto name = lower_case(language.substr(first, 2));
        if (name == "ko") return "ko";
        if (name == "en") return "en";
    }
    return "en";
}

}  // namespace doze::server
