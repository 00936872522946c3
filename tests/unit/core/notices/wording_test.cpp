#include "core/notices/wording.hpp"

#include <gtest/gtest.h>
#include <map>

namespace doze::notices {
namespace {

using namespace std::chrono_literals;

Language language(const std::map<std::string, std::string>& variables) {
    return language_of([&](const char* name) {
        const auto found = variables.find(name);
        return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
}

TEST(NotificationLanguage, IsTheFirstOfThreeVariables) {
    EXPECT_EQ(language({}), Language::english);
    EXPECT_EQ(language({{"LANG", "ko_KR.UTF-8"}}), Language::korean);
    EXPECT_EQ(language({{"LANG", "ko"}}), Language::korean);
    EXPECT_EQ(language({{"LANG", "kok_IN"}}), Language::english);
    EXPECT_EQ(language({{"LC_MESSAGES", "ko_KR"}, {"LANG", "en_US.UTF-8"}}), Language::korean);
    EXPECT_EQ(language({{"LC_MESSAGES", "C"}, {"LANG", "ko_KR.UTF-8"}}), Language::english);
    EXPECT_EQ(language({{"LC_ALL", "de_DE"}, {"LC_MESSAGES", "ko_KR"}}), Language::english);
    EXPECT_EQ(language({{"LC_ALL", ""}, {"LANG", "ko_KR"}}), Language::korean);
}

TEST(NotificationWording, SaysWhatGoesToSleepAndWhen) {
    const Wording english(Language::english), korean(Language::korean);
    EXPECT_EQ(english.before_sleep({"web"}, "14:35", false),
              (Text{"web goes to sleep at 14:35", "Unless you come back before."}));
    EXPECT_EQ(english.before_sleep({"web", "api"}, "14:35", false),
              (Text{"2 resources go to sleep at 14:35", "web, api\nUnless you come back before."}));
    EXPECT_EQ(korean.before_sleep({"web", "api"}, "14:35", false),
              (Text{"14:35에 자원 2개를 재웁니다", "web, api\n그 전에 돌아오시면 그대로 둡니다."}));
    EXPECT_EQ(english.before_sleep({"web"}, "14:35", true).body, "Only shown (dry run): nothing will be changed.");
    EXPECT_EQ(korean.label(Button::keep_awake), "1시간 깨워 두기");
    EXPECT_EQ(english.label(Button::sleep_now), "Sleep now");
}

TEST(NotificationWording, SaysWhatTheSleepDoesNotKeep) {
    const Wording english(Language::english), korean(Language::korean);
    EXPECT_EQ(english.before_sleep({"web"}, "14:35", false, {"web: Lost."}).body,
              "Unless you come back before.\nNot kept by the sleep:\nweb: Lost.");
    EXPECT_EQ(korean.before_sleep({"web"}, "14:35", false, {"web: Lost."}).body,
              "그 전에 돌아오시면 그대로 둡니다.\n자는 동안 남지 않는 것:\nweb: Lost.");
    EXPECT_EQ(english.before_sleep({"a", "b", "c", "d"}, "1:00", false, {"a", "b", "c", "d"}).body,
              "a, b, c, d\nUnless you come back before.\nNot kept by the sleep:\na\nb\nc\nand 1 more");
}

TEST(NotificationWording, SaysWhatIsLostInBothLanguages) {
    const core::Losses losses{.instance_store = "m5d.large", .public_address = "54.1.2.3"};
    EXPECT_EQ(
        Wording(Language::english).lost(losses),
        "What is on the instance store of its type m5d.large is lost at each stop. Its public address 54.1.2.3 will "
        "be another one after each sleep; an Elastic IP stays.");
    EXPECT_EQ(Wording(Language::korean).lost(losses),
              "인스턴스 스토어(m5d.large)에 있는 것은 멈출 때마다 사라집니다. 공인 주소 54.1.2.3는 잘 때마다 바뀝니다. "
              "탄력적 IP는 그대로입니다.");
}

TEST(NotificationWording, NamesAtMostFive) {
    const Wording english(Language::english);
    EXPECT_EQ(english.before_sleep({"a", "b", "c", "d", "e", "f", "g"}, "1:00", false).body,
              "a, b, c, d, e, and 2 more\nUnless you come back before.");
}

TEST(NotificationWording, SaysHowLongTheReturnTook) {
    const Wording english(Language::english), korean(Language::korean);
    EXPECT_EQ(english.awake_again({"web"}, 42s + 700ms), (Text{"All awake again", "web\n42 s after you came back."}));
    EXPECT_EQ(korean.awake_again({"web"}, 42s), (Text{"모두 다시 깨어났습니다", "web\n돌아오신 지 42초 만입니다."}));
    EXPECT_EQ(korean.awake_again({"web"}, 12min + 3s).body, "web\n돌아오신 지 12분 만입니다.");
    EXPECT_EQ(korean.awake_again({"web"}, 3h + 5min).body, "web\n돌아오신 지 3시간 5분 만입니다.");
}

}  // namespace
}  // namespace doze::notices
