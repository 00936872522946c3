#include "config/store.hpp"

#include <algorithm>
#include <csignal>
#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/atomic_file.hpp"
#include "base/handle.hpp"
#include "scratch.hpp"

namespace doze::config::store_test {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

const core::Registration added = instance("i-0abcdef0");

unsigned mode_of(const fs::path& path) {
    struct stat info {};
    EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
    return info.st_mode & 07777U;
}

std::vector<std::string> names_in(const fs::path& dir) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(dir)) names.push_back(entry.path().filename().string());
    std::ranges::sort(names);
    return names;
}

Store opened(const fs::path& dir) {
    auto store = Store::open(dir);
    EXPECT_TRUE(store) << store.error().text();
    return std::move(store.value());
}

TEST(Store, CreatesFolderAndFilesWithDefaultsForTheirOwnerOnly) {
    const Scratch scratch;
    const auto dir = scratch.dir() / "config/doze";
    const auto store = opened(dir);
    EXPECT_EQ(slurp(dir / settings_name), default_settings_text());
    EXPECT_EQ(slurp(dir / services_name), default_services_text());
    EXPECT_EQ(mode_of(dir), 0700U);
    EXPECT_EQ(mode_of(dir / settings_name), 0600U);
    EXPECT_EQ(mode_of(dir / services_name), 0600U);
    EXPECT_EQ(store.settings(), Settings());
    EXPECT_THAT(store.registrations(), IsEmpty());
    EXPECT_THAT(store.notes(), ElementsAre(testing::Field(&Note::text, HasSubstr("settings.json: created")),
                                           testing::Field(&Note::text, HasSubstr("services.yaml: created"))));
    EXPECT_THAT(opened(dir).notes(), IsEmpty());
}

TEST(Store, LeavesTheFilesOfTheOriginalAsTheyAre) {
    const Scratch scratch;
    spill(scratch.dir() / settings_name, test_data("original_settings.json"));
    spill(scratch.dir() / services_name, test_data("original_services.yaml"));
    const auto store = opened(scratch.dir());
    EXPECT_EQ(store.registrations().size(), 7U);
    EXPECT_EQ(store.configured().registrations.size(), 7U);
    EXPECT_EQ(slurp(scratch.dir() / settings_name), test_data("original_settings.json"));
    EXPECT_EQ(slurp(scratch.dir() / services_name), test_data("original_services.yaml"));
}

TEST(Store, DoesNotOpenNorOverwriteABrokenFile) {
    const Scratch scratch;
    spill(scratch.dir() / settings_name, "{\n\"udp_server\": {\"port\": -1}}");
    const auto refused = Store::open(scratch.dir());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message,
                HasSubstr((scratch.dir() / settings_name).string() + ":2: udp_server.port must be"));
    EXPECT_EQ(slurp(scratch.dir() / settings_name), "{\n\"udp_server\": {\"port\": -1}}");
}

TEST(Store, SaysWhyAFileCanNotBeRead) {
    const Scratch scratch;
    fs::create_directory(scratch.dir() / settings_name);
    EXPECT_THAT(Store::open(scratch.dir()).error().message, HasSubstr("Is a directory"));
    fs::remove(scratch.dir() / settings_name);
    ASSERT_EQ(::mkfifo((scratch.dir() / settings_name).c_str(), 0600), 0);
    EXPECT_THAT(Store::open(scratch.dir()).error().message, HasSubstr("Can't read"));
}

TEST(Store, SaysWhyThereCanBeNoFolder) {
    const Scratch scratch;
    spill(scratch.dir() / "file", "");
    EXPECT_THAT(Store::open(scratch.dir() / "file/doze").error().message, HasSubstr("Not a directory"));
}

TEST(Store, SeesEditsByHandOnReload) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    EXPECT_FALSE(store.reload().settings_changed);
    spill(scratch.dir() / settings_name, "{\"dry_run\": true, \"dryrun\": 1}");
    const auto first = store.reload();
    EXPECT_TRUE(first.settings_changed);
    EXPECT_FALSE(first.registrations_changed);
    EXPECT_THAT(first.notes, ElementsAre(testing::Field(&Note::text, HasSubstr("dryrun (did you mean dry_run?)"))));
    EXPECT_TRUE(store.configured().settings.dry_run);
    spill(scratch.dir() / services_name, "ec2_instances: [{instance_id: i-0abcdef0, region: us-east-1}]\n");
    EXPECT_TRUE(store.reload().registrations_changed);
    EXPECT_THAT(store.registrations(), ElementsAre(added));
}

TEST(Store, KeepsTheLastGoodStateOfAFileThatBreaksOrGoes) {
    const Scratch scratch;
    spill(scratch.dir() / settings_name, "{\"dry_run\": true}");
    spill(scratch.dir() / services_name, "ec2_instances: [{instance_id: i-0abcdef0, region: us-east-1}]\n");
    auto store = opened(scratch.dir());
    spill(scratch.dir() / settings_name, "{\"dry_run\": fal");
    fs::remove(scratch.dir() / services_name);
    const auto reloaded = store.reload();
    EXPECT_FALSE(reloaded.settings_changed || reloaded.registrations_changed);
    ASSERT_EQ(reloaded.notes.size(), 2U);
    EXPECT_EQ(reloaded.notes[0].level, core::Level::error);
    EXPECT_THAT(reloaded.notes[0].text, HasSubstr("settings.json:1: the file ends before its JSON does"));
    EXPECT_THAT(reloaded.notes[1].text, HasSubstr("services.yaml is gone. doze goes on with what it read last."));
    EXPECT_TRUE(store.settings().core.dry_run);
    EXPECT_THAT(store.registrations(), ElementsAre(added));
    EXPECT_EQ(slurp(scratch.dir() / settings_name), "{\"dry_run\": fal");
    EXPECT_FALSE(fs::exists(scratch.dir() / services_name));
}

TEST(Store, EditsTheFileAsItIsOnDiskNow) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    spill(scratch.dir() / services_name,
          "# by hand\necs_services:\n- {cluster_name: a, service_name: b, region: us-east-1}\n");
    ASSERT_TRUE(store.add(added));
    EXPECT_THAT(slurp(scratch.dir() / services_name), HasSubstr("# by hand\necs_services:\n- {cluster_name: a"));
    EXPECT_EQ(store.add(added).error().code, ErrorCode::already_registered);
    EXPECT_TRUE(store.reload().registrations_changed);
    EXPECT_THAT(store.registrations(), ElementsAre(service("a", "b"), added));
    ASSERT_TRUE(store.remove(added.id));
    EXPECT_EQ(store.remove(added.id).error().code, ErrorCode::not_registered);
    EXPECT_TRUE(store.reload().registrations_changed);
    EXPECT_THAT(names_in(scratch.dir()), ElementsAre("services.yaml", "settings.json"));
}

TEST(Store, StartsServicesAnewWhereTheFileIsGone) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    fs::remove(scratch.dir() / services_name);
    ASSERT_TRUE(store.add(added));
    EXPECT_TRUE(store.reload().registrations_changed);
    EXPECT_THAT(store.registrations(), ElementsAre(added));
}

TEST(Store, DoesNotEditABrokenFile) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    spill(scratch.dir() / services_name, "ec2_instances: [");
    EXPECT_EQ(store.add(added).error().code, ErrorCode::bad_request);
    EXPECT_EQ(slurp(scratch.dir() / services_name), "ec2_instances: [");
}

TEST(Store, KeepsTheModeOfAFileThatItEdits) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    fs::permissions(scratch.dir() / services_name, fs::perms(0640));
    ASSERT_TRUE(store.add(added));
    EXPECT_EQ(mode_of(scratch.dir() / services_name), 0640U);
}

TEST(Store, WritesThroughSymlinksToTheirTarget) {
    const Scratch scratch;
    fs::create_directories(scratch.dir() / "dotfiles");
    fs::create_directories(scratch.dir() / "config");
    const auto target = scratch.dir() / "dotfiles/my.yaml";
    spill(target, "# mine\n");
    fs::create_symlink("middle", scratch.dir() / "config/services.yaml");
    fs::create_symlink("../dotfiles/my.yaml", scratch.dir() / "config/middle");
    auto store = opened(scratch.dir() / "config");
    ASSERT_TRUE(store.add(added));
    EXPECT_TRUE(fs::is_symlink(scratch.dir() / "config/services.yaml"));
    EXPECT_TRUE(fs::is_symlink(scratch.dir() / "config/middle"));
    EXPECT_THAT(slurp(target), HasSubstr("# mine\nec2_instances:\n"));
    EXPECT_THAT(names_in(scratch.dir() / "dotfiles"), ElementsAre("my.yaml"));
}

TEST(Store, CreatesTheTargetOfADanglingSymlink) {
    const Scratch scratch;
    fs::create_symlink("target.yaml", scratch.dir() / services_name);
    opened(scratch.dir());
    EXPECT_EQ(slurp(scratch.dir() / "target.yaml"), default_services_text());
    EXPECT_TRUE(fs::is_symlink(scratch.dir() / services_name));
}

/// No file of this process may grow beyond `bytes`: a write then stops half-way, as on a full disk.
class SmallFilesOnly {
   public:
    explicit SmallFilesOnly(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit small{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~SmallFilesOnly() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, handler_);
    }
    SmallFilesOnly(const SmallFilesOnly&) = delete;
    SmallFilesOnly& operator=(const SmallFilesOnly&) = delete;

   private:
    void (*handler_)(int);
    rlimit old_{};
};

TEST(Store, LeavesTheOldFileAndNothingElseWhereAWriteStopsHalfWay) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    Result<void> refused;
    {
        const SmallFilesOnly limit(100);
        refused = store.add(added);
    }
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::internal);
    EXPECT_THAT(refused.error().message, HasSubstr("services.yaml: File too large."));
    EXPECT_EQ(slurp(scratch.dir() / services_name), default_services_text());
    EXPECT_THAT(names_in(scratch.dir()), ElementsAre("services.yaml", "settings.json"));
}

TEST(Store, RunsOnDefaultsWhereItCanNotWriteThem) {
    const Scratch scratch;
    const SmallFilesOnly limit(100);
    const auto store = opened(scratch.dir());
    EXPECT_EQ(store.settings(), Settings());
    ASSERT_EQ(store.notes().size(), 2U);
    EXPECT_EQ(store.notes()[0].level, core::Level::warning);
    EXPECT_THAT(store.notes()[0].text, HasSubstr("The defaults are used."));
    EXPECT_THAT(names_in(scratch.dir()), IsEmpty());
}

/// Root may write anywhere, so as root these run as nobody.
class AsNobody {
   public:
    AsNobody() {
        if (was_root_) done_ = ::seteuid(65534) == 0;
    }
    ~AsNobody() {
        if (was_root_ && ::seteuid(0) != 0) std::abort();
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;
    [[nodiscard]] bool done() const { return done_; }

   private:
    bool was_root_ = ::geteuid() == 0;
    bool done_ = true;
};

TEST(Store, SaysThatAFolderIsReadOnly) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    fs::permissions(scratch.dir(), fs::perms(0555));
    fs::permissions(scratch.dir() / services_name, fs::perms(0444));
    Result<void> refused;
    {
        const AsNobody nobody;
        if (!nobody.done()) GTEST_SKIP() << "can't become somebody else here";
        refused = store.add(added);
    }
    fs::permissions(scratch.dir(), fs::perms(0700));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().text(), HasSubstr("services.yaml: Permission denied. Check who owns"));
    EXPECT_EQ(slurp(scratch.dir() / services_name), default_services_text());
}

/// As with a file that is mounted by itself: what can't be renamed over may be written to.
TEST(Store, WritesInPlaceWhereTheFolderTakesNoNewFile) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    const auto file = scratch.dir() / services_name;
    spill(file, "# mine\n" + std::string(5000, '#') + "\n");
    fs::create_hard_link(file, scratch.dir() / "same");
    fs::permissions(scratch.dir(), fs::perms(0555));
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(file.c_str(), 65534, 65534), 0);
    }
    Result<void> added_to;
    Result<void> removed_from;
    {
        const AsNobody nobody;
        if (!nobody.done()) GTEST_SKIP() << "can't become somebody else here";
        added_to = store.add(added);
        removed_from = store.remove(added.id);
    }
    fs::permissions(scratch.dir(), fs::perms(0700));
    EXPECT_TRUE(added_to);
    EXPECT_TRUE(removed_from);
    EXPECT_THAT(slurp(scratch.dir() / "same"), HasSubstr("# mine\n"));
    EXPECT_THAT(slurp(scratch.dir() / "same"), HasSubstr("ec2_instances:"));
    EXPECT_THAT(names_in(scratch.dir()), UnorderedElementsAre("services.yaml", "settings.json", "same"));
}

TEST(Store, NamesTheEndOfALinkThatCanNotBeWritten) {
    const Scratch scratch;
    auto store = opened(scratch.dir());
    fs::create_directories(scratch.dir() / "dotfiles");
    fs::rename(scratch.dir() / services_name, scratch.dir() / "dotfiles/my.yaml");
    fs::create_symlink("dotfiles/my.yaml", scratch.dir() / services_name);
    fs::permissions(scratch.dir(), fs::perms(0755));
    fs::permissions(scratch.dir() / "dotfiles/my.yaml", fs::perms(0444));
    fs::permissions(scratch.dir() / "dotfiles", fs::perms(0555));
    Result<void> refused;
    {
        const AsNobody nobody;
        if (!nobody.done()) GTEST_SKIP() << "can't become somebody else here";
        refused = store.add(added);
    }
    fs::permissions(scratch.dir() / "dotfiles", fs::perms(0700));
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr((scratch.dir() / "dotfiles/my.yaml").string() + ", where "));
}

TEST(Store, RemovesWhatAWriterThatWasKilledLeft) {
    const Scratch scratch;
    spill(scratch.dir() / ".services.yaml.a1B2c3", "left over");
    spill(scratch.dir() / ".services.yaml.mine", "the person's own");
    const auto being_written = scratch.dir() / ".settings.json.x9Y8z7";
    spill(being_written, "half");
    const UniqueFd writer(::open(being_written.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(writer.get(), LOCK_EX), 0);
    opened(scratch.dir());
    EXPECT_THAT(names_in(scratch.dir()),
                UnorderedElementsAre(".services.yaml.mine", ".settings.json.x9Y8z7", "services.yaml", "settings.json"));
}

TEST(AtomicFile, RefusesToReplaceWhatSomebodyElseChanged) {
    const Scratch scratch;
    const auto path = scratch.dir() / "file";
    spill(path, "theirs");
    const auto refused = write_file(path, "mine", "what I read");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().recovery, Recovery::retry);
    EXPECT_EQ(slurp(path), "theirs");
    EXPECT_FALSE(write_file(path, "mine", std::nullopt));
    EXPECT_FALSE(write_file(path, "mine", "their"));
    EXPECT_TRUE(write_file(path, "mine", "theirs"));
    EXPECT_EQ(slurp(path), "mine");
    EXPECT_THAT(names_in(scratch.dir()), ElementsAre("file"));
}

TEST(AtomicFile, SaysThatSymlinksLeadInACircle) {
    const Scratch scratch;
    fs::create_symlink("b", scratch.dir() / "a");
    fs::create_symlink("a", scratch.dir() / "b");
    EXPECT_THAT(write_file(scratch.dir() / "a", "x", std::nullopt).error().message, HasSubstr("symbolic links"));
}

}  // namespace
}  // namespace doze::config::store_test
