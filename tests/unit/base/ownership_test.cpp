#include "base/ownership.hpp"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/paths.hpp"
#include "fakes/temp_dir.hpp"

namespace doze::ownership_test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr uid_t stranger = 54321;
constexpr gid_t nobodys_group = 54321;

class Ownership : public testing::Test {
   protected:
    void SetUp() override {
        fs::create_directory(dir_);
        std::ofstream(file_) << "{}";
        ::chmod(dir_.c_str(), 0700);
        ::chmod(file_.c_str(), 0600);
    }
    static void needs_root() {
        if (::geteuid() != 0) GTEST_SKIP() << "only root can give a file away";
    }

    fakes::TempDir scratch_;
    const fs::path dir_ = scratch_.path() / "dir";
    const fs::path file_ = dir_ / "settings.json";
};

TEST_F(Ownership, OfWhatIsOnesOwnIsFine) {
    EXPECT_TRUE(check_ownership(file_));
    EXPECT_TRUE(check_ownership(dir_));
    EXPECT_TRUE(check_ownership(dir_ / "not" / "there"));
    EXPECT_TRUE(check_ownership("/etc/hostname"));
    ::chmod(dir_.c_str(), 0755);
    ::chmod(file_.c_str(), 0644);
    EXPECT_TRUE(check_ownership(file_)) << "others may read";
}

TEST_F(Ownership, IsRefusedWhereTheWorldMayWrite) {
    ::chmod(file_.c_str(), 0606);
    const auto of_file = check_ownership(file_);
    ASSERT_FALSE(of_file);
    EXPECT_EQ(of_file.error().code, ErrorCode::unauthorized);
    EXPECT_THAT(of_file.error().next_step, HasSubstr("chmod go-w '" + file_.string() + "'"));
    EXPECT_EQ(read_own_file(file_, 100).error(), of_file.error());
    ::chmod(file_.c_str(), 0600);
    for (const auto mode : {0777, 0703}) {
        ::chmod(dir_.c_str(), static_cast<mode_t>(mode));
        EXPECT_THAT(check_ownership(file_).error().message, HasSubstr("can change " + dir_.string() + " (mode"));
        EXPECT_FALSE(make_private_dir(dir_));
    }
}

TEST_F(Ownership, BelowAStickyFolderIsFineButNotOfIt) {
    ::chmod(dir_.c_str(), 01777);
    EXPECT_TRUE(check_ownership(file_));
    EXPECT_FALSE(check_ownership(dir_)) << "anybody may put files there";
    fs::create_directory_symlink(dir_, scratch_.path() / "link");
    EXPECT_FALSE(check_ownership(scratch_.path() / "link"));
    EXPECT_FALSE(check_ownership(scratch_.path() / "link" / ""));
}

TEST_F(Ownership, LetsOnesOwnGroupWriteAndNoOther) {
    needs_root();
    ::chmod(file_.c_str(), 0660);
    EXPECT_EQ(::chown(file_.c_str(), 0, nobodys_group), 0);
    EXPECT_TRUE(check_ownership(file_)) << "nobody else is in it";
    gid_t shared = 0;
    for (const char* name : {"/etc/passwd"}) {  // The group of the first user who is not root.
        std::ifstream in(name);
        for (std::string line; std::getline(in, line) && shared == 0;) {
            const auto uid = line.find(':', line.find(':') + 1) + 1;
            shared = static_cast<gid_t>(std::stoul(line.substr(line.find(':', uid) + 1)));
        }
    }
    ASSERT_NE(shared, 0U);
    EXPECT_EQ(::chown(file_.c_str(), 0, shared), 0);
    EXPECT_THAT(check_ownership(file_).error().message, HasSubstr("can change"));
}

TEST_F(Ownership, OfAnotherUserIsRefusedWhereverItStandsOnTheWay) {
    needs_root();
    EXPECT_EQ(::chown(file_.c_str(), stranger, 0), 0);
    EXPECT_THAT(check_ownership(file_).error().message, HasSubstr("belongs to another user (54321)"));
    EXPECT_THAT(check_ownership(file_).error().next_step, HasSubstr("sudo chown root"));
    EXPECT_EQ(::chown(file_.c_str(), 0, 0), 0);
    EXPECT_EQ(::chown(dir_.c_str(), stranger, 0), 0);
    EXPECT_THAT(check_ownership(file_).error().message, HasSubstr(dir_.string() + " belongs to another user"));
    EXPECT_EQ(make_private_dir(dir_ / "below").error().code, ErrorCode::unauthorized);
    ::chmod(dir_.c_str(), 01777);
    EXPECT_FALSE(check_ownership(file_)) << "the owner of a sticky folder may rename what is in it";
}

TEST_F(Ownership, OfLinksIsThatOfWhoLaidThemAndOfTheirEnds) {
    const auto link = scratch_.path() / "link";
    fs::create_symlink("dir/settings.json", link);
    EXPECT_TRUE(check_ownership(link)) << "one's own";
    fs::create_symlink("/etc/hostname", scratch_.path() / "etc");
    EXPECT_TRUE(check_ownership(scratch_.path() / "etc")) << "to a file of root's";
    fs::create_symlink("/dev/null", scratch_.path() / "null");
    EXPECT_TRUE(check_ownership(scratch_.path() / "null"));
    fs::create_symlink("again", scratch_.path() / "again");
    EXPECT_TRUE(check_ownership(scratch_.path() / "again")) << "leads nowhere";
    ::chmod(dir_.c_str(), 0777);
    EXPECT_FALSE(check_ownership(link)) << "its end is in anybody's folder";
    ::chmod(dir_.c_str(), 0700);
    needs_root();
    EXPECT_EQ(::lchown(link.c_str(), stranger, 0), 0);
    EXPECT_THAT(check_ownership(link).error().message, HasSubstr("is a link that another user (54321) laid"));
    EXPECT_THAT(check_ownership(link / "below").error().message, HasSubstr("laid")) << "on the way, too";
}

}  // namespace
}  // namespace doze::ownership_test
