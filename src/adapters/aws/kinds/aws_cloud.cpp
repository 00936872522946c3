#include "adapters/aws/kinds/aws_cloud.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "adapters/aws/kinds/asg.hpp"
#include "adapters/aws/kinds/cloudwatch.hpp"
#include "adapters/aws/kinds/ec2.hpp"
#include "adapters/aws/kinds/ecs.hpp"
#include "adapters/aws/kinds/eks.hpp"
#include "adapters/aws/kinds/rds.hpp"
#include "adapters/aws/kinds/service.hpp"

namespace doze::aws {

namespace {

struct ServiceRow {
    core::Kind kind;
    const Service* service;
};

constexpr std::array<ServiceRow, core::kind_count> services{{{core::Kind::ec2, &ec2::service},
                                                             {core::Kind::ecs, &ecs::service},
                                                             {core::Kind::eks, &eks::service},
                                                             {core::Kind::asg, &asg::service},
                                                             {core::Kind::rds, &rds::service},
                                                             {core::Kind::rds_cluster, &rds_cluster::service}}};

static_assert([] {
    for (std::size_t i = 0; i < services.size(); ++i)
        if (services[i].kind != static_cast<core::Kind>(i)) return false;
    return true;
}());

}  // namespace

const Service& service_of(core::Kind kind) {
    return *services.at(static_cast<std::size_t>(kind)).service;
}

Error Bounds::error(std::string_view operation, const Region& region) const {
    return {
        .code = ErrorCode::aws_error,
        .message = fmt::format("The list in {} ({}) has no end: after {} pages and {} items doze read no further, so "
                               "it is incomplete.",
                               region.str(), operation, pages_, items_),
        .next_step = "Check AWS_ENDPOINT_URL and the proxy: AWS itself has no such lists."};
}

namespace asio = boost::asio;

namespace {

/// The client that a coroutine of an AwsCloud uses: fails once the AwsCloud is gone, and uses the credentials of one
/// account for all its calls.
class Line final : public Client {
   public:
    Line(Client& client, std::shared_ptr<bool> over, std::shared_ptr<Caller> caller, bool is_awaited = false)
        : client_(client), over_(std::move(over)), caller_(std::move(caller)), is_awaited_(is_awaited) {}

    asio::awaitable<Result<std::string>> call(Call call) override {
        if (*over_) co_return hung_up();
        call.caller = caller_;
        call.is_awaited = is_awaited_;
        auto answer = co_await client_.call(std::move(call));
        if (*over_) co_return hung_up();
        co_return answer;
    }

   private:
    /// Makes every loop of the services stop: no batch is halved for it, no further page requested.
    static Error hung_up() { return {.message = "doze is stopping.", .recovery = Recovery::retry}; }

    Client& client_;
    std::shared_ptr<bool> over_;
    std::shared_ptr<Caller> caller_;
    bool is_awaited_;
};

std::shared_ptr<Caller> caller_for(core::Kind kind, AccountId wanted = {}) {
    return std::make_shared<Caller>(Caller{.wanted = std::move(wanted), .service = std::string(service_of(kind).name)});
}

/// The contents of one call.
struct Group {
    core::Kind kind;
    Region region;
    ProfileName profile;
    AccountId account = {};  ///< core::Target::account
    auto operator<=>(const Group&) const = default;
};

template <class T>
using Groups = std::map<Group, std::vector<T>>;

/// Removes duplicates, and the profile, which AWS does not know.
template <class T, class IdOf>
Groups<T> grouped(std::vector<T> all, IdOf id_of) {
    Groups<T> groups;
    std::set<core::ResourceId> known;
    for (auto& one : all) {
        auto& id = id_of(one);
        if (!known.insert(id).second) continue;
        Group in{.kind = id.kind, .region = id.region, .profile = id.profile};
        if constexpr (requires { one.account; }) in.account = one.account;
        auto& group = groups[in];
        id.profile = {};
        group.push_back(std::move(one));
    }
    return groups;
}

/// Describes, then asks CloudWatch once for the load of all resources found awake.
asio::awaitable<void> describe_with_load(const Service& service, Client& client, Region region,
                                         std::vector<core::ResourceId> ids, DescribeOptions options, core::WallTime now,
                                         Seen report) {
    std::vector<core::Observation> awake;
    std::vector<LoadMetric> metrics;
    const Seen keep = [&](const core::ResourceId& id, Result<core::Observation> seen) {
        if (!seen || seen->phase != core::Phase::awake) return report(id, std::move(seen));
        metrics.push_back(service.load(id));
        awake.push_back(std::move(*seen));
    };
    co_await service.describe(client, region, std::move(ids), std::move(options), keep);
    if (awake.empty()) co_return;
    auto loads = co_await cloudwatch::loads(client, region, std::move(metrics), now);
    for (std::size_t i = 0; i < awake.size(); ++i) {
        awake[i].load = std::move(loads[i]);
        const auto id = awake[i].id;
        report(id, std::move(awake[i]));
    }
}

/// Starts a coroutine, but never before the caller has returned.
template <class Body>
void start(const asio::any_io_executor& executor, Body body) {
    asio::post(executor, [executor, body = std::move(body)]() mutable {
        asio::co_spawn(executor, std::move(body), [](std::exception_ptr bug) {
            if (bug) std::rethrow_exception(bug);
        });
    });
}

}  // namespace

AwsCloud::AwsCloud(asio::any_io_executor executor, const ports::Clock& clock, Clients clients, const AwsTime* time)
    : executor_(std::move(executor)),
      clock_(clock),
      clients_(std::move(clients)),
      time_(time),
      over_(std::make_shared<bool>(false)) {}

AwsCloud::~AwsCloud() {
    *over_ = true;
}

core::WallTime AwsCloud::aws_now() const {
    const auto now = clock_.now();
    return now.wall + aws_ahead(now);
}

void AwsCloud::set_guards(const core::GuardSettings& guards) {
    guards_ = guards;
}

void AwsCloud::list(core::Kind kind, const Region& region, Listed done) {
    const auto caller = caller_for(kind);
    start(executor_,
          [kind, region, line = Line(clients_({}), over_, caller, true), caller, over = over_, guards = guards_,
           done = std::move(done)]() mutable -> asio::awaitable<void> {
              auto result = co_await service_of(kind).list(line, region, guards);
              if (!*over) done(std::move(result), caller->account);
          });
}

void AwsCloud::describe(std::vector<core::ResourceId> ids, core::Depth depth,
                        std::function<void(const core::ResourceId&, Result<core::Observation>)> each) {
    const DescribeOptions options{.guards = guards_, .depth = depth};
    for (auto& [group, some] : grouped(std::move(ids), [](core::ResourceId& id) -> core::ResourceId& { return id; })) {
        const auto caller = caller_for(group.kind);
        const Seen report = [over = over_, each, profile = group.profile, caller](core::ResourceId id, auto seen) {
            if (*over) return;
            id.profile = profile;
            if (seen) {
                seen->id.profile = profile;
                seen->account = caller->account;
            }
            each(id, std::move(seen));
        };
        start(executor_,
              [group = group, some = std::move(some), line = Line(clients_(group.profile), over_, caller), options,
               now = aws_now(), report]() mutable -> asio::awaitable<void> {
                  const auto& service = service_of(group.kind);
                  if (options.depth == core::Depth::load && service.load != nullptr)
                      co_await describe_with_load(service, line, group.region, some, options, now, report);
                  else
                      co_await service.describe(line, group.region, some, options, report);
              });
    }
}

void AwsCloud::sleep(std::vector<core::Target> targets, Outcome each) {
    act(&Service::sleep, std::move(targets), std::move(each));
}

void AwsCloud::wake(std::vector<core::Target> targets, Outcome each) {
    act(&Service::wake, std::move(targets), std::move(each));
}

void AwsCloud::act(Change change, std::vector<core::Target> targets, Outcome each) {
    for (auto& [group, some] :
         grouped(std::move(targets), [](core::Target& target) -> core::ResourceId& { return target.id; })) {
        const CallReturned report = [over = over_, each, profile = group.profile](core::ResourceId id,
                                                                                  Result<void> accepted) {
            if (*over) return;
            id.profile = profile;
            each(id, std::move(accepted));
        };
        start(executor_,
              [change, group = group, some = std::move(some),
               line = Line(clients_(group.profile), over_, caller_for(group.kind, group.account),
                           change == &Service::wake),
               report]() mutable -> asio::awaitable<void> {
                  co_await (service_of(group.kind).*change)(line, group.region, some, report);
              });
    }
}

}  // namespace doze::aws
