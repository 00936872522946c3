#include "commands/handlers.hpp"

#include <gtest/gtest.h>

#include "unit/commands/fake_host.hpp"

namespace doze::commands {
namespace {

/// Hands requests to the handlers as a form does, without one.
struct Room {
    FakeHost host;
    ProgramInfo about{.version = "1.2.3", .started = host.clock.boot()};
    std::weak_ptr<EventSink> connection;
    std::vector<Result<Reply>> replies;  ///< Those that came later.

    ImmediateReply ask(const Request& request, Form form = Form::json) {
        const std::function<Completion()> later = [this] {
            return Completion([this](Result<Reply> reply) { replies.push_back(std::move(reply)); });
        };
        return handle(request, {.host = host, .about = about, .connection = connection, .form = form, .later = later});
    }
};

template <class Kind>
const Kind& as(const ImmediateReply& answer) {
    return std::get<Kind>(answer->value());
}

TEST(Handlers, AnswerAtOnceWhatIsKnown) {
    Room room;
    EXPECT_TRUE(std::holds_alternative<PongReply>(room.ask(PingRequest{})->value()));
    EXPECT_EQ(&as<StatusReply>(room.ask(StatusRequest{})).view.presence(), &room.host.view().presence());
    EXPECT_EQ(as<DoneReply>(room.ask(ReleaseRequest{})).message, "This connection held nothing awake.");
    room.host.lines.resize(3);
    const auto history = room.ask(HistoryRequest{.query = {.limit = 2}});
    EXPECT_EQ(as<HistoryReply>(history).lines.size(), 2U);
    EXPECT_TRUE(as<HistoryReply>(history).has_more);
}

TEST(Handlers, AnswerLaterWhatTheEngineDecides) {
    Room room;
    const auto id = core::ec2(Region("us-east-1"), InstanceId("i-0123456789abcdef0"));
    EXPECT_FALSE(room.ask(PowerRequest{.action = PowerAction::stop, .id = id, .desired_size = {}}));
    EXPECT_EQ(room.host.last_order<core::StopRequested>().id, id);
    EXPECT_TRUE(room.replies.empty());
    room.host.finish(core::RequestResult{.message = "It stops.", .state = "stopping"});
    ASSERT_EQ(room.replies.size(), 1U);
    EXPECT_EQ(std::get<PowerReply>(*room.replies[0]).state, "stopping");
    EXPECT_FALSE(room.ask(AwayRequest{}));
    room.host.finish(Error{.code = ErrorCode::internal, .message = "No."});
    EXPECT_EQ(room.replies.at(1).error().message, "No.");
}

TEST(Handlers, ListFromTheStateOrAskAwsFirst) {
    Room room;
    const ListRequest request{.scope = {.kind = core::Kind::ec2}, .region = "us-east-1"};
    EXPECT_EQ(as<ListReply>(room.ask(request)).region, "us-east-1");
    EXPECT_EQ(as<ListReply>(room.ask(request)).form, ListForm::json);
    EXPECT_EQ(as<ListReply>(room.ask(request, Form::text)).form, ListForm::text);
    room.host.forget_lists();
    EXPECT_FALSE(room.ask(request));
    room.host.finish(core::RequestResult{});
    ASSERT_EQ(room.replies.size(), 1U);
    EXPECT_EQ(std::get<ListReply>(*room.replies[0]).scope, request.scope);
}

TEST(Handlers, ARegionThatIsNotConfiguredNarrowsNothingOrIsAnError) {
    Room room;
    ListRequest request{.scope = {.kind = core::Kind::ec2}, .region = "eu-north-9"};
    EXPECT_EQ(as<ListReply>(room.ask(request)).ignored_region, "eu-north-9");
    EXPECT_EQ(room.ask(request, Form::text)->error().code, ErrorCode::not_found);
    request.only_configured = true;
    EXPECT_EQ(room.ask(request)->error().code, ErrorCode::not_found);
}

TEST(Handlers, ASignOfLifeHasNoReply) {
    Room room;
    EXPECT_TRUE(std::holds_alternative<NoReply>(room.ask(ActivityRequest{})->value()));
    EXPECT_EQ(room.host.posted.size(), 1U);
    EXPECT_TRUE(std::holds_alternative<NoReply>(room.ask(ActivityRequest{.activity = "TIMER_END"})->value()));
    EXPECT_EQ(room.host.posted.size(), 1U);
}

}  // namespace
}  // namespace doze::commands
