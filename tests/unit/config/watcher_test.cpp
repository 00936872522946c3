#include "config/watcher.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <optional>
#include <sys/resource.h>

#include "base/atomic_file.hpp"
#include "base/handle.hpp"
#include "config/store.hpp"
#include "scratch.hpp"

namespace doze::config::watcher_test {
namespace {

namespace fs = std::filesystem;

/// Far beyond what any test needs; only a watcher that does not tell runs into it.
constexpr auto deadline = std::chrono::seconds(20);

class Watching : public testing::Test {
   protected:
    Watching() {
        fs::create_directories(dir_);
        fs::create_directories(scratch_.dir() / "elsewhere");
        spill(dir_ / settings_name, "{}");
    }

    void watch(core::Duration quiet = std::chrono::milliseconds(10)) {
        watcher_.emplace(Watcher::open(loop_.get_executor(), dir_, [this] { ++calls_; },
                                       {.quiet = quiet, .deaf_look = std::chrono::milliseconds(100)}));
    }

    /// Whether the watcher tells of what was done.
    bool tells() {
        const int before = calls_;
        const auto end = std::chrono::steady_clock::now() + deadline;
        while (calls_ == before && std::chrono::steady_clock::now() < end) loop_.run_one_until(end);
        return calls_ > before;
    }

    Scratch scratch_;
    fs::path dir_ = scratch_.dir() / "config";
    boost::asio::io_context loop_;
    std::optional<Watcher> watcher_;
    int calls_ = 0;
};

TEST_F(Watching, TellsOfAnEditInPlace) {
    watch();
    spill(dir_ / settings_name, "{ }");
    EXPECT_TRUE(tells());
    spill(dir_ / settings_name, "{}");
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfANewFile) {
    watch();
    spill(dir_ / services_name, "");
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfAnEditorThatRenames) {
    watch();
    spill(dir_ / "settings.json.new", "{ }");
    fs::rename(dir_ / "settings.json.new", dir_ / settings_name);
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfARemoval) {
    watch();
    fs::remove(dir_ / settings_name);
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfTheStoresOwnEdits) {
    auto store = Store::open(dir_);
    ASSERT_TRUE(store);
    watch();
    ASSERT_TRUE(store->add(instance("i-0abcdef0")));
    EXPECT_TRUE(tells());
    EXPECT_TRUE(store->reload().registrations_changed);
}

TEST_F(Watching, TellsOnceOfEditsThatFollowEachOther) {
    watch(std::chrono::milliseconds(500));
    for (int i = 0; i < 50; ++i) spill(dir_ / settings_name, "{}");
    spill(dir_ / services_name, "");
    EXPECT_TRUE(tells());
    EXPECT_EQ(calls_, 1);
}

TEST_F(Watching, TellsOfAnEditBehindASymlink) {
    const auto target = scratch_.dir() / "elsewhere/my.yaml";
    spill(target, "");
    fs::create_symlink("../elsewhere/my.yaml", dir_ / services_name);
    watch();
    spill(target, "# edited\n");
    EXPECT_TRUE(tells());
    ASSERT_TRUE(write_file(target, "# replaced\n", "# edited\n"));
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfASymlinkThatIsPutInPlaceAndFollowsIt) {
    const auto target = scratch_.dir() / "elsewhere/my.yaml";
    spill(target, "");
    watch();
    fs::create_symlink(target, dir_ / services_name);
    EXPECT_TRUE(tells());
    spill(target, "# edited\n");
    EXPECT_TRUE(tells());
}

TEST_F(Watching, TellsOfALinkedFolderThatIsSwapped) {
    fs::create_directories(dir_ / "v1");
    fs::create_directories(dir_ / "v2");
    spill(dir_ / "v1/services.yaml", "");
    spill(dir_ / "v2/services.yaml", "# new\n");
    fs::create_symlink("v1", dir_ / "data");
    fs::create_symlink("data/services.yaml", dir_ / services_name);
    watch();
    fs::create_symlink("v2", dir_ / "data.new");
    fs::rename(dir_ / "data.new", dir_ / "data");
    EXPECT_TRUE(tells());
}

TEST_F(Watching, SurvivesTheLossOfTheFolder) {
    watch();
    fs::remove_all(dir_);
    EXPECT_TRUE(tells());
    fs::create_directories(scratch_.dir() / "config");
    EXPECT_TRUE(tells());
    spill(dir_ / settings_name, "{}");
    EXPECT_TRUE(tells());
}

/// As who edits a file that is mounted by itself: the folder hears nothing of it.
TEST_F(Watching, TellsOfAnEditByAnotherName) {
    spill(dir_ / services_name, "");
    fs::create_hard_link(dir_ / services_name, scratch_.dir() / "elsewhere/same.yaml");
    watch();
    spill(scratch_.dir() / "elsewhere/same.yaml", "# edited\n");
    EXPECT_TRUE(tells());
}

/// No descriptor is left, as no inotify instance may be.
class DeafWatching : public Watching {
   protected:
    DeafWatching() {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        allow(static_cast<rlim_t>(UniqueFd(::open("/dev/null", O_RDONLY)).get()));
    }
    ~DeafWatching() override { ::setrlimit(RLIMIT_NOFILE, &before_); }
    void allow(rlim_t descriptors) {
        auto limit = before_;
        limit.rlim_cur = descriptors;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }

    rlimit before_{};
    boost::asio::steady_timer made_before_{loop_};  ///< So that the loop has the descriptors of its own.
};

TEST_F(DeafWatching, LooksForEditsAndHearsAgainOnceItCan) {
    watch();
    ASSERT_TRUE(watcher_->trouble());
    allow(before_.rlim_cur);
    spill(dir_ / services_name, "# new\n");
    EXPECT_TRUE(tells());
    EXPECT_FALSE(watcher_->trouble());
    spill(dir_ / services_name, "# newer\n");
    EXPECT_TRUE(tells());
}

TEST_F(DeafWatching, SeesAnEditAllTheSame) {
    watch();
    fs::rename(dir_ / settings_name, dir_ / services_name);  // Needs no descriptor, unlike a new file.
    EXPECT_TRUE(tells());
    EXPECT_TRUE(watcher_->trouble());
}

TEST_F(Watching, IsSilentAfterItsEnd) {
    watch();
    spill(dir_ / settings_name, "{ }");
    loop_.run_one();  // The event is read, the quiet time has begun.
    watcher_.reset();
    loop_.restart();
    loop_.run();  // Nothing is left to wait for.
    EXPECT_EQ(calls_, 0);
}

}  // namespace
}  // namespace doze::config::watcher_test
