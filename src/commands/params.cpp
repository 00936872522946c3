#include "commands/params.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <type_traits>
#include <utility>

#include "base/ids.hpp"
#include "base/text.hpp"
#include "commands/table.hpp"
#include "commands/table_params.hpp"

namespace doze::commands {

namespace {

using Parsed = Result<Argument>;

/// JSON has one type of number, so 5.0 is an integer too. Empty for numbers that a double can't hold exactly.
std::optional<std::int64_t> whole_number(const GivenValue& value) {
    if (const auto* number = std::get_if<std::int64_t>(&value)) return *number;
    const auto* number = std::get_if<double>(&value);
    if (!number || std::abs(*number) > static_cast<double>(most_exact)) return std::nullopt;
    const auto whole = static_cast<std::int64_t>(*number);
    return static_cast<double>(whole) == *number ? std::optional(whole) : std::nullopt;
}

/// "START, STOP or SCALE"
std::string one_of(std::string_view choices) {
    std::string text;
    while (!choices.empty()) {
        const auto choice = choices.substr(0, choices.find('|'));
        choices.remove_prefix(std::min(choices.size(), choice.size() + 1));
        text.append(text.empty() ? "" : choices.empty() ? " or " : ", ").append(choice);
    }
    return text;
}

/// Converts a client's value to a parameter's type.
class Taker {
   public:
    Taker(const Param& param, bool is_part) : param_(param), is_part_(is_part) {}

    [[nodiscard]] Parsed take(const GivenValue& value) const {
        switch (param_.type) {
            case ParamType::integer: return integer(value);
            case ParamType::seconds: return seconds(value);
            case ParamType::flag: return flag(value);
            default: break;
        }
        const auto* given = std::get_if<std::string_view>(&value);
        if (!given) return bad_request(fmt::format("The member '{}' must be a string.", param_.name));
        return text(*given);
    }

    [[nodiscard]] Error missing() const {
        return bad_request(is_part_ ? fmt::format("The {} is missing.", noun())
                                    : fmt::format("The member '{}' is missing from the content.", param_.name));
    }

   private:
    [[nodiscard]] std::string_view noun() const { return param_.noun.empty() ? param_.part : param_.noun; }
    [[nodiscard]] std::string subject() const {
        return is_part_ ? fmt::format("The {}", noun()) : fmt::format("The member '{}'", param_.name);
    }

    [[nodiscard]] Parsed integer(const GivenValue& value) const {
        if (is_part_) return integer_part(std::get<std::string_view>(value));
        const auto number = whole_number(value);
        if (!number || *number < param_.least || *number > param_.most)
            return bad_request(
                fmt::format("{} must be a whole number from {} to {}.", subject(), param_.least, param_.most));
        return *number;
    }

    [[nodiscard]] Parsed integer_part(std::string_view text) const {
        if (text.empty()) return missing();
        std::int64_t number = 0;
        const auto* end = text.data() + text.size();
        const auto [stop, failed] = std::from_chars(text.data(), end, number);
        if (failed != std::errc{} || stop != end || number < param_.least || number > param_.most)
            return bad_request(fmt::format("{} is not a valid {}.", quoted(text), noun()),
                               fmt::format("It is a whole number from {} to {}.", param_.least, param_.most));
        return number;
    }

    [[nodiscard]] Parsed seconds(const GivenValue& value) const {
        constexpr double most = 1e12;
        double number = -1;
        if (const auto* whole = std::get_if<std::int64_t>(&value)) number = static_cast<double>(*whole);
        if (const auto* any = std::get_if<double>(&value)) number = *any;
        if (!std::isfinite(number) || number < 0)
            return bad_request(fmt::format("{} must be a number of at least 0.", subject()));
        return static_cast<std::int64_t>(std::min(number, most));
    }

    [[nodiscard]] Parsed flag(const GivenValue& value) const {
        if (const auto* given = std::get_if<bool>(&value)) return *given;
        return bad_request(fmt::format("{} must be true or false.", subject()));
    }

    [[nodiscard]] Parsed text(std::string_view given) const {
        switch (param_.type) {
            case ParamType::line: return line(given);
            case ParamType::choice: return choice(given);
            case ParamType::kind: return kind(given);
            case ParamType::name: return named(param_.of->parse_name(given));
            case ParamType::cluster: return named(parse_cluster_name(given));
            case ParamType::region: return named(parse_region(given));
            case ParamType::profile: return named(parse_profile_name(given));
            case ParamType::token: return token(given);
            default: return given;
        }
    }

    [[nodiscard]] Parsed line(std::string_view given) const {
        if (given.empty() && param_.least > 0) return bad_request(fmt::format("The {} is missing.", param_.name));
        if (!is_clean(given) || count_characters(given) > static_cast<std::size_t>(param_.most))
            return bad_request(fmt::format("{} must be one line of at most {} characters.", subject(), param_.most));
        return given;
    }

    [[nodiscard]] Parsed choice(std::string_view given) const {
        for (auto rest = param_.choices; !rest.empty();) {
            const auto one = rest.substr(0, rest.find('|'));
            if (equal_ignoring_case(one, given)) return one;
            rest.remove_prefix(std::min(rest.size(), one.size() + 1));
        }
        return bad_request(fmt::format("{} must be {}, and is {}.", subject(), one_of(param_.choices), quoted(given)));
    }

    [[nodiscard]] Parsed kind(std::string_view given) const {
        std::string known;
        for (const auto& kind : core::kinds()) {
            if (equal_ignoring_case(given, kind.command)) return kind.kind;
            known.append(known.empty() ? "" : ", ").append(kind.command);
        }
        return bad_request(fmt::format("{} must be one of {}, and is {}.", subject(), known, quoted(given)));
    }

    [[nodiscard]] Parsed token(std::string_view given) const {
        constexpr std::string_view word = "MORE:";  // The prefix of a token in the member 'more'.
        if (!is_part_ && given.starts_with(word)) given.remove_prefix(word.size());
        auto cursor = parse_token(given);
        if (!cursor) return cursor.error();
        return std::move(*cursor);
    }

    template <class Id>
    [[nodiscard]] Parsed named(const Result<Id>& id) const {
        if (!id) return is_part_ ? id.error() : id.error().within(param_.name);
        if constexpr (std::is_same_v<Id, std::string>)
            return *id;
        else
            return id->str();
    }

    const Param& param_;
    bool is_part_;
};

/// Takes the parameters of one request, one after the other.
class Taking {
   public:
    Taking(const Command& command, const Arguments& given)
        : command_(command), given_(given), are_parts_(given.are_parts()), request_(command.request) {}

    [[nodiscard]] Result<Request> take_all() && {
        auto next = command_.params.begin();
        const auto end = command_.params.end();
        if (command_.resource == ResourceOf::any_kind) {
            // Required ones first: they say what the others apply to.
            for (; next != end && next->required; ++next)
                if (const auto taken = take(*next); !taken) return taken.error();
            if (const auto taken = take_resource(); !taken) return taken.error();
        }
        for (; next != end; ++next)
            if (const auto taken = take(*next); !taken) return taken.error();
        if (command_.check)
            if (const auto checked = command_.check(request_); !checked) return checked.error();
        return std::move(request_);
    }

   private:
    /// The client's value, or the default.
    [[nodiscard]] GivenValue find(const Param& param) const {
        auto value = given_.find(param);
        const auto* text = std::get_if<std::string_view>(&value);
        // In "HISTORY::42" the number is empty, so the next part follows it.
        if (are_parts_ && !param.part_required && param.type == ParamType::integer && text && text->empty()) return {};
        if (std::holds_alternative<std::monostate>(value) && param.fallback)
            if (const auto fallback = param.fallback(given_)) return *fallback;
        return value;
    }

    Result<void> take(const Param& param) {
        if (are_parts_ && param.part.empty()) return {};
        const Taker taker(param, are_parts_);
        const auto value = find(param);
        if (std::holds_alternative<std::monostate>(value)) {
            if (are_parts_ ? param.part_required : param.required) return taker.missing();
            return {};
        }
        const auto taken = taker.take(value);
        if (!taken) return param.tolerant ? Result<void>() : taken.error();
        if (kind_ && param.fits && !(kind_->*param.fits)) {
            const auto* flag = std::get_if<bool>(&*taken);
            if (!param.only_where_it_fits || (flag && !*flag)) return {};
            return bad_request(fmt::format("The member '{}' is not for {}.", param.name, kind_->in_full));
        }
        param.set(request_, *taken);
        return {};
    }

    /// The kind, and the parameters that name a resource of it.
    Result<void> take_resource() {
        if (const auto taken = take(service_type()); !taken) return taken.error();
        kind_ = &core::info(resource_of(request_)->kind);
        for (const auto& param : resource_params(*kind_))
            if (const auto taken = take(param); !taken) return taken.error();
        return {};
    }

    const Command& command_;
    const Arguments& given_;
    bool are_parts_;
    Request request_;
    const core::KindInfo* kind_ = nullptr;
};

}  // namespace

Result<Request> to_request(const Command& command, const Arguments& given) {
    return Taking(command, given).take_all();
}

Error bad_request(std::string message, std::string next_step) {
    return {.code = ErrorCode::bad_request, .message = std::move(message), .next_step = std::move(next_step)};
}

bool is_clean(std::string_view text) {
    while (!text.empty()) {
        const auto [character, length] = first_character(text);
        if (length == 0 || is_control(character)) return false;
        text.remove_prefix(length);
    }
    return true;
}

}  // namespace doze::commands
