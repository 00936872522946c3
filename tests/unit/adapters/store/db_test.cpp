#include "adapters/store/db.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace doze::store {
namespace {

using testing::HasSubstr;

TEST(DbErrors, SayWhatIsWrongAndWhetherTryingLaterMayHelp) {
    struct Case {
        int code;
        std::string says;
        Recovery recovery;
    };
    for (const auto& [code, says, recovery] : std::vector<Case>{
             {SQLITE_FULL, "The disk is full: /x/doze.db could not be written", Recovery::retry},
             {SQLITE_IOERR_WRITE, "The disk failed while /x/doze.db was read or written (words)", Recovery::retry},
             {SQLITE_BUSY, "Another program is using /x/doze.db", Recovery::retry},
             {SQLITE_BUSY_SNAPSHOT, "Another program is using /x/doze.db", Recovery::retry},
             {SQLITE_LOCKED, "Another program is using /x/doze.db", Recovery::retry},
             {SQLITE_NOMEM, "There is no memory left to use /x/doze.db", Recovery::retry},
             {SQLITE_READONLY, "/x/doze.db can't be written", Recovery::tell},
             {SQLITE_READONLY_DIRECTORY, "/x/doze.db can't be written", Recovery::tell},
             {SQLITE_READONLY_DBMOVED, "/x/doze.db was moved or deleted", Recovery::retry},
             {SQLITE_READONLY_ROLLBACK, "/x/doze.db holds a write that was cut short", Recovery::retry},
             {SQLITE_CANTOPEN_ISDIR, "/x/doze.db can't be opened (words)", Recovery::retry},
             {SQLITE_CORRUPT, "The journal /x/doze.db is damaged (words)", Recovery::tell},
             {SQLITE_NOTADB, "The journal /x/doze.db is damaged (words)", Recovery::tell},
             {SQLITE_CONSTRAINT_CHECK, "The journal /x/doze.db failed: words (SQLite code 275)", Recovery::tell}}) {
        const auto error = explain(code, "/x/doze.db", "words");
        EXPECT_EQ(error.code, ErrorCode::internal) << code;
        EXPECT_THAT(error.message, HasSubstr(says)) << code;
        EXPECT_EQ(error.recovery, recovery) << code;
    }
}

}  // namespace
}  // namespace doze::store
