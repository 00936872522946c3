#include <gmock/gmock.h>

#include "app/offline/init/questions.hpp"

namespace doze::init {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::string> names{"us-east-1", "eu-west-1", "ap-northeast-2", "sa-east-1"};

TEST(Selection, TakesNumbersRangesAndNamesInAnyOrder) {
    EXPECT_THAT(*parse_selection("2", names), ElementsAre(1));
    EXPECT_THAT(*parse_selection("4, 1-2", names), ElementsAre(0, 1, 3));
    EXPECT_THAT(*parse_selection("eu-west-1 1-1,eu-west-1", names), ElementsAre(0, 1));
    EXPECT_THAT(*parse_selection("all", names), ElementsAre(0, 1, 2, 3));
    EXPECT_THAT(*parse_selection("none", names), IsEmpty());
    EXPECT_THAT(*parse_selection(" , ", names), IsEmpty());
}

TEST(Selection, SaysWhichPartIsWrong) {
    for (const char* wrong : {"0", "5", "1-5", "3-2", "x", "1-", "-1", "1 99999999999999999999", "1.5"}) {
        const auto selection = parse_selection(wrong, names);
        ASSERT_FALSE(selection) << wrong;
        EXPECT_EQ(selection.error().code, ErrorCode::bad_request);
    }
    EXPECT_THAT(parse_selection("2 nowhere", names).error().message, HasSubstr("'nowhere'"));
}

}  // namespace
}  // namespace doze::init
