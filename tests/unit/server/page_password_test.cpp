#include "server/http/page_password.hpp"

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <optional>
#include <sys/stat.h>

#include "protocol/handshake.hpp"
#include "unit/server/loop_until.hpp"

namespace doze::server {
namespace {

using testing::HasSubstr;
using testing::Not;

class PagePasswordTest : public testing::Test {
   protected:
    PagePasswordTest() {
        std::string name = testing::TempDir() + "doze-XXXXXX";
        folder_ = ::mkdtemp(name.data());
        file_ = folder_ / "web_password";
        password_.emplace(loop_.get_executor(), file_);
    }
    ~PagePasswordTest() override { std::filesystem::remove_all(folder_); }

    static Result<std::string> plain(const Result<Secret>& key) {
        if (!key) return key.error();
        return std::string(key->view());
    }
    /// A connection of the page.
    std::shared_ptr<PageEntrance> visit(PageEntrance::Visitor visitor = {}) {
        return std::make_shared<PageEntrance>(&*password_, std::move(visitor), [this] { ++wrong_; });
    }
    Result<std::string> wait_for(std::optional<Result<std::string>>& result) {
        EXPECT_TRUE(loop_until(loop_, [&] { return result.has_value(); }));
        return result.value_or(Error{.message = "nothing"});
    }
    Result<std::string> create(std::string_view text) {
        std::optional<Result<std::string>> result;
        password_->create(Secret(text), [&](const auto& key) { result = plain(key); });
        EXPECT_FALSE(result);
        return wait_for(result);
    }
    Result<std::string> verify(std::string_view text) {
        std::optional<Result<std::string>> result;
        password_->verify(Secret(text), [&](const auto& key) { result = plain(key); });
        EXPECT_FALSE(result);
        return wait_for(result);
    }

    boost::asio::io_context loop_{1};
    std::filesystem::path folder_;
    std::filesystem::path file_;
    std::optional<PagePassword> password_;
    int wrong_ = 0;  ///< Passwords and keys that visitors showed.
};

TEST_F(PagePasswordTest, IsChosenOnceAndKeptAsAHash) {
    EXPECT_FALSE(password_->is_set());
    EXPECT_FALSE(password_->lets_in("")) << "it locks from the first moment";
    EXPECT_EQ(verify("correct horse").error().code, ErrorCode::not_found);
    EXPECT_EQ(create("short").error().code, ErrorCode::bad_request);
    const auto key = create("correct horse");
    ASSERT_TRUE(key);
    EXPECT_EQ(key->size(), 64U);
    EXPECT_EQ(create("another horse").error().code, ErrorCode::already_registered);

    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    std::string kept;
    std::getline(std::ifstream(file_), kept);
    EXPECT_THAT(kept, testing::StartsWith("$argon2id$"));

    EXPECT_TRUE(password_->lets_in(*key));
    EXPECT_FALSE(password_->lets_in(""));
    EXPECT_FALSE(password_->lets_in(std::string(64, '0')));
    password_->forget(*key);
    EXPECT_FALSE(password_->lets_in(*key));
}

TEST_F(PagePasswordTest, OutlivesARestartItsKeysDoNot) {
    const auto key = create("correct horse");
    password_.emplace(loop_.get_executor(), file_);
    EXPECT_TRUE(password_->is_set());
    EXPECT_FALSE(password_->lets_in(*key));
    const auto fresh = verify("correct horse");
    ASSERT_TRUE(fresh);
    EXPECT_NE(*fresh, *key);
    EXPECT_TRUE(password_->lets_in(*fresh));
}

TEST_F(PagePasswordTest, AKeyIsForAWhile) {
    password_.emplace(loop_.get_executor(), file_, std::chrono::milliseconds(0));
    const auto key = create("correct horse");
    ASSERT_TRUE(key);
    EXPECT_FALSE(password_->lets_in(*key));
}

TEST_F(PagePasswordTest, WrongOnesSlowDown) {
    ASSERT_TRUE(create("correct horse"));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(verify("wrong horse").error().code, ErrorCode::unauthorized);
    const auto right = verify("correct horse");
    EXPECT_EQ(right.error().code, ErrorCode::rate_limited);
    EXPECT_THAT(right.error().message, HasSubstr("1 seconds"));
}

TEST_F(PagePasswordTest, OneIsTriedAtATime) {
    ASSERT_TRUE(create("correct horse"));
    std::optional<Result<std::string>> first;
    password_->verify(Secret("correct horse"), [&](const auto& key) { first = plain(key); });
    EXPECT_EQ(verify("correct horse").error().code, ErrorCode::rate_limited);
    EXPECT_TRUE(wait_for(first));
}

TEST_F(PagePasswordTest, AFileThatCannotBeReadLetsNobodyIn) {
    std::filesystem::create_directory(file_);
    password_.emplace(loop_.get_executor(), file_);
    EXPECT_FALSE(password_->trouble().empty());
    EXPECT_FALSE(password_->lets_in(""));
    EXPECT_EQ(verify("*").error().code, ErrorCode::unauthorized);
}

TEST_F(PagePasswordTest, MayEndWhileItHashes) {
    password_->create(Secret("correct horse"), [](const auto&) { FAIL(); });
    password_.reset();
    loop_.poll();
}

TEST_F(PagePasswordTest, IsSpokenOfByAWebSocket) {
    auto session = visit();
    std::vector<std::string> said;
    const auto ask = [&](std::string_view message) {
        const auto before = said.size();
        EXPECT_TRUE(
            protocol::answer_password(message, *session, [&](std::string_view text) { said.emplace_back(text); }));
        EXPECT_TRUE(loop_until(loop_, [&] { return said.size() > before; }));
        return said.back();
    };
    EXPECT_THAT(ask(R"({"id":"7","type":"PASSWORD_STATUS_CHECK"})"),
                testing::AllOf(HasSubstr(R"("id":"7")"), HasSubstr(R"({"isInitialSetup":true,"required":true})")));
    EXPECT_FALSE(session->lets_in());
    const auto created = ask(R"({"type":"CREATE_PASSWORD","content":{"password":"correct horse"}})");
    EXPECT_THAT(created, HasSubstr(R"("type":"PASSWORD_CREATE_RESPONSE")"));
    EXPECT_THAT(created, HasSubstr(R"({"success":true,"authKey":")"));
    EXPECT_TRUE(session->lets_in());
    const auto key = created.substr(created.find("authKey") + 10, 64);

    auto other = visit();
    EXPECT_FALSE(other->lets_in());
    std::swap(session, other);
    EXPECT_THAT(ask(R"({"type":"VERIFY_AUTH_KEY","authKey":"wrong"})"), HasSubstr(R"("success":false)"));
    EXPECT_FALSE(session->lets_in());
    EXPECT_THAT(ask(R"({"type":"VERIFY_AUTH_KEY","authKey":")" + key + "\"}"), HasSubstr(R"("success":true)"));
    EXPECT_TRUE(session->lets_in());
    EXPECT_THAT(ask(R"({"type":"LOGOUT"})"), HasSubstr(R"("type":"LOGOUT")"));
    EXPECT_FALSE(session->lets_in());
    EXPECT_FALSE(other->lets_in());  // It had the same key.
    EXPECT_THAT(ask(R"({"type":"VERIFY_PASSWORD","password":"wrong horse"})"), HasSubstr("not the password"));
    EXPECT_THAT(ask(R"({"type":"VERIFY_PASSWORD","password":"correct horse"})"), HasSubstr("authKey"));
    EXPECT_TRUE(session->lets_in());
    EXPECT_EQ(wrong_, 2) << "a key and a password";
    for (const auto* message : {R"({"type":"PING","password":"LOGOUT"})", "LOGOUT", "PASSWORD", R"({"type":"AUTH"})"})
        EXPECT_FALSE(protocol::answer_password(message, *session, {})) << message;
}

TEST_F(PagePasswordTest, AKeyCountsForWhatItsPageConnectsNext) {
    const auto key = create("correct horse");
    ASSERT_TRUE(key);
    EXPECT_EQ(password_->key_of("https://a.example"), "");
    password_->note_origin(*key, "https://a.example");
    password_->note_origin("wrong", "https://b.example");
    EXPECT_EQ(password_->key_of("https://a.example"), *key);
    EXPECT_EQ(password_->key_of("https://b.example"), "");
    password_->forget(*key);
    EXPECT_EQ(password_->key_of("https://a.example"), "");
}

TEST_F(PagePasswordTest, IsChosenOnThisMachineOnly) {
    const auto from_elsewhere = visit({.is_near = false});
    std::string said;
    const auto ask = [&](std::string_view message) {
        EXPECT_TRUE(protocol::answer_password(message, *from_elsewhere, [&](std::string_view text) { said = text; }));
        return said;
    };
    EXPECT_THAT(ask(R"({"type":"CREATE_PASSWORD","content":{"password":"correct horse"}})"),
                HasSubstr(R"("success":false)"));
    EXPECT_FALSE(password_->is_set());
    EXPECT_FALSE(from_elsewhere->lets_in());
}

TEST_F(PagePasswordTest, AVisitorOfAnAllowedPageShowsItsKeyOnce) {
    const auto key = create("correct horse");
    ASSERT_TRUE(key);
    EXPECT_TRUE(visit({.origin = "https://a.example"})->verify_key(Secret(*key)));
    EXPECT_TRUE(visit({.origin = "https://a.example"})->lets_in());
    EXPECT_FALSE(visit({.origin = "https://b.example"})->lets_in());
    EXPECT_FALSE(visit()->lets_in());
}

TEST(PageWithoutAPassword, LetsEverybodyInAsIfThereWasOne) {
    const auto session = std::make_shared<PageEntrance>(nullptr, PageEntrance::Visitor(), [] { FAIL(); });
    EXPECT_TRUE(session->lets_in());
    std::string said;
    const auto ask = [&](std::string_view message) {
        said.clear();
        EXPECT_TRUE(protocol::answer_password(message, *session,
                                              [&](std::string_view text) { said.append(text).append("\n"); }));
        return said;
    };
    // The second message lets the original's dashboard in, which asks for a password whatever the first one says.
    EXPECT_THAT(ask(R"({"type":"PASSWORD_STATUS_CHECK"})"),
                testing::AllOf(HasSubstr(R"({"isInitialSetup":false,"required":false})"),
                               HasSubstr(R"("type":"PASSWORD_VERIFY_RESPONSE")"), HasSubstr(R"("success":true)")));
    EXPECT_THAT(ask(R"({"type":"VERIFY_AUTH_KEY","authKey":"old"})"), HasSubstr(R"("success":true)"));
    EXPECT_THAT(ask(R"({"type":"VERIFY_PASSWORD","password":"any"})"), HasSubstr(R"("success":true)"));
    EXPECT_THAT(ask(R"({"type":"CREATE_PASSWORD","password":"any"})"), HasSubstr("web.password"));
}

}  // namespace
}  // namespace doze::server
