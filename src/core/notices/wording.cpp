#include "core/notices/wording.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace doze::notices {

namespace {

/// So many names are read at a glance.
constexpr std::size_t most_names = 5;

/// So many whole sentences.
constexpr std::size_t most_lines = 3;

}  // namespace

Language language_of(const Environment& environment) {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        const auto value = environment(name).value_or("");
        if (value.empty()) continue;
        const auto language = value.substr(0, value.find_first_of("_.@"));
        return language == "ko" ? Language::korean : Language::english;
    }
    return Language::english;
}

std::string Wording::label(Button button) const {
    if (button == Button::keep_awake) return korean_ ? "1시간 깨워 두기" : "Keep awake 1 h";
    return korean_ ? "지금 재우기" : "Sleep now";
}

Text Wording::before_sleep(const Names& names, const std::string& at, bool dry_run, const Names& not_kept) const {
    Text text;
    if (names.size() > 1) text.body = list(names) + '\n';
    if (korean_) {
        text.summary = names.size() == 1 ? fmt::format("{}에 재웁니다: {}", at, names.front())
                                         : fmt::format("{}에 자원 {}개를 재웁니다", at, names.size());
        text.body +=
            dry_run ? "보여 주기만 하고(dry run) 아무것도 바꾸지 않습니다." : "그 전에 돌아오시면 그대로 둡니다.";
    } else {
        text.summary = names.size() == 1 ? fmt::format("{} goes to sleep at {}", names.front(), at)
                                         : fmt::format("{} resources go to sleep at {}", names.size(), at);
        text.body += dry_run ? "Only shown (dry run): nothing will be changed." : "Unless you come back before.";
    }
    if (not_kept.empty()) return text;
    text.body += korean_ ? "\n자는 동안 남지 않는 것:" : "\nNot kept by the sleep:";
    const auto shown = std::min(not_kept.size(), most_lines);
    for (std::size_t i = 0; i < shown; ++i) text.body += '\n' + not_kept[i];
    if (not_kept.size() > shown) text.body += '\n' + and_more(not_kept.size() - shown);
    return text;
}

std::string Wording::lost(const core::Losses& losses) const {
    if (!korean_) return core::to_string(losses);
    std::string text;
    if (losses.erases())
        text = fmt::format("인스턴스 스토어({})에 있는 것은 멈출 때마다 사라집니다.", losses.instance_store);
    if (!losses.public_address.empty())
        text += fmt::format("{}공인 주소 {}는 잘 때마다 바뀝니다. 탄력적 IP는 그대로입니다.", text.empty() ? "" : " ",
                            losses.public_address);
    return text;
}

Text Wording::awake_again(const Names& names, core::Duration after) const {
    if (korean_)
        return {"모두 다시 깨어났습니다", fmt::format("{}\n돌아오신 지 {} 만입니다.", list(names), span(after))};
    return {"All awake again", fmt::format("{}\n{} after you came back.", list(names), span(after))};
}

std::string Wording::failed(Failed what, const std::string& name) const {
    switch (what) {
        case Failed::sleep:
            return korean_ ? fmt::format("재우지 못했습니다: {}", name) : name + " could not be put to sleep";
        case Failed::wake: return korean_ ? fmt::format("깨우지 못했습니다: {}", name) : name + " could not be woken";
        case Failed::describe:
            return korean_ ? fmt::format("상태를 알 수 없습니다: {}", name) : name + " could not be looked at";
        case Failed::ask: return korean_ ? "AWS에 물어볼 수 없습니다" : "AWS can't be asked";
        case Failed::see: return korean_ ? "자리에 계신지 알 수 없습니다" : "doze can't see whether you are there";
        case Failed::note:
            return korean_ ? "저널을 쓸 수 없어 아무것도 재우지 않습니다"
                           : "The journal can't be written, so nothing is put to sleep";
    }
    return {};
}

std::string Wording::problems(std::size_t count) const {
    return fmt::format(fmt::runtime(korean_ ? "문제 {}건" : "{} problems"), count);
}

std::string Wording::blind_advice() const {
    return korean_
               ? "키보드도 포인터도 보이지 않아 아무것도 재우지 않습니다. 방법은 `doze doctor`가 알려 줍니다."
               : "It sees neither keyboard nor pointer, so it puts nothing to sleep. `doze doctor` says what to do.";
}

std::string Wording::hidden_advice() const {
    return korean_ ? "당신의 다른 데스크톱 세션을 들여다볼 수 없습니다. 어느 것인지는 `doze status`가 말합니다. 그것이 "
                     "끝날 때까지 아무것도 재우지 "
                     "않습니다."
                   : "Another desktop session of yours can't be watched; `doze status` says which. Nothing is put to "
                     "sleep until it ends.";
}

std::string Wording::and_more(std::size_t count) const {
    return fmt::format(fmt::runtime(korean_ ? "그 밖에 {}개" : "and {} more"), count);
}

std::string Wording::list(const Names& names) const {
    const auto shown = std::min(names.size(), most_names);
    auto text = fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (names.size() > shown) text += ", " + and_more(names.size() - shown);
    return text;
}

std::string Wording::span(core::Duration span) const {
    using namespace std::chrono;
    if (!korean_) return core::to_string(duration_cast<seconds>(span));
    const auto total = duration_cast<seconds>(span).count();
    if (total < 120) return fmt::format("{}초", total);
    if (total < 7200) return fmt::format("{}분", total / 60);
    return total / 60 % 60 == 0 ? fmt::format("{}시간", total / 3600)
                                : fmt::format("{}시간 {}분", total / 3600, total / 60 % 60);
}

}  // namespace doze::notices
