#include "cloud/aws/aws_cloud.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cloud/aws/cloudwatch.hpp"
#include "cloud/aws/service.hpp"

namespace doze::cloud::aws {

namespace asio = boost::asio;

namespace {

/// A client as a coroutine of an AwsCloud uses it: hung up when that AwsCloud goes away.
class Line final : public Client {
   public:
    Line(Client& client, std::shared_ptr<bool> over, bool is_awaited = false)
        : client_(client), over_(std::move(over)), is_awaited_(is_awaited) {}

    asio::awaitable<Result<std::string>> call(Call call) override {
        if (*over_) co_return hung_up();
        call.is_awaited = is_awaited_;
        auto answer = co_await client_.call(std::move(call));
        if (*over_) co_return hung_up();
        co_return answer;
    }

   private:
    /// Ends every loop of the services: a batch is not halved for it, a page not followed.
    static Error hung_up() { return {.message = "doze is stopping.", .recovery = Recovery::retry}; }

    Client& client_;
    std::shared_ptr<bool> over_;
    bool is_awaited_;
};

/// What goes in one call at most.
struct Group {
    core::Kind kind;
    Region region;
    ProfileName profile;
    auto operator<=>(const Group&) const = default;
};

template <class T>
using Groups = std::map<Group, std::vector<T>>;

/// Each resource once, and without its profile, which AWS does not know.
template <class T, class IdOf>
Groups<T> grouped(std::vector<T> all, IdOf id_of) {
    Groups<T> groups;
    std::set<core::ResourceId> known;
    for (auto& one : all) {
        auto& id = id_of(one);
        if (!known.insert(id).second) continue;
        auto& group = groups[{id.kind, id.region, id.profile}];
        id.profile = {};
        group.push_back(std::move(one));
    }
    return groups;
}

/// A look, and then one question to CloudWatch for all that it found awake.
asio::awaitable<void> look_with_load(const Service& service, Client& client, Region region,
                                     std::vector<core::ResourceId> ids, LookOptions options, core::WallTime now,
                                     Seen report) {
    std::vector<core::Observation> awake;
    std::vector<LoadMetric> metrics;
    const Seen keep = [&](const core::ResourceId& id, Result<core::Observation> seen) {
        if (!seen || seen->phase != core::Phase::awake) return report(id, std::move(seen));
        metrics.push_back(service.load(id));
        awake.push_back(std::move(*seen));
    };
    co_await service.look(client, region, std::move(ids), std::move(options), keep);
    if (awake.empty()) co_return;
    auto loads = co_await cloudwatch::loads(client, region, std::move(metrics), now);
    for (std::size_t i = 0; i < awake.size(); ++i) {
        awake[i].load = std::move(loads[i]);
        const auto id = awake[i].id;
        report(id, std::move(awake[i]));
    }
}

/// Runs a coroutine, but never before the caller has returned.
template <class Body>
void start(const asio::any_io_executor& executor, Body body) {
    asio::post(executor, [executor, body = std::move(body)]() mutable {
        asio::co_spawn(executor, std::move(body), [](std::exception_ptr bug) {
            if (bug) std::rethrow_exception(bug);
        });
    });
}

}  // namespace

AwsCloud::AwsCloud(asio::any_io_executor executor, const ports::Clock& clock, Clients clients)
    : executor_(std::move(executor)),
      clock_(clock),
      clients_(std::move(clients)),
      over_(std::make_shared<bool>(false)) {}

AwsCloud::~AwsCloud() {
    *over_ = true;
}

void AwsCloud::set_guards(const core::GuardSettings& guards) {
    guards_ = guards;
}

void AwsCloud::survey(core::Kind kind, const Region& region, std::function<void(Result<core::Survey>)> done) {
    start(executor_,
          [kind, region, line = Line(clients_({}), over_, true), over = over_, guards = guards_,
           done = std::move(done)]() mutable -> asio::awaitable<void> {
              auto result = co_await service_of(kind).survey(line, region, guards);
              if (!*over) done(std::move(result));
          });
}

void AwsCloud::look(std::vector<core::ResourceId> ids, core::Depth depth,
                    std::function<void(const core::ResourceId&, Result<core::Observation>)> each) {
    const LookOptions options{.guards = guards_, .depth = depth};
    for (auto& [group, some] : grouped(std::move(ids), [](core::ResourceId& id) -> core::ResourceId& { return id; })) {
        const Seen report = [over = over_, each, profile = group.profile](core::ResourceId id, auto seen) {
            if (*over) return;
            id.profile = profile;
            if (seen) seen->id.profile = profile;
            each(id, std::move(seen));
        };
        start(executor_,
              [group = group, some = std::move(some), line = Line(clients_(group.profile), over_), options,
               &clock = clock_, report]() mutable -> asio::awaitable<void> {
                  const auto& service = service_of(group.kind);
                  if (options.depth == core::Depth::load && service.load != nullptr)
                      co_await look_with_load(service, line, group.region, some, options, clock.now().wall, report);
                  else
                      co_await service.look(line, group.region, some, options, report);
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
        const Acted report = [over = over_, each, profile = group.profile](core::ResourceId id, Result<void> accepted) {
            if (*over) return;
            id.profile = profile;
            each(id, std::move(accepted));
        };
        start(executor_,
              [change, group = group, some = std::move(some),
               line = Line(clients_(group.profile), over_, change == &Service::wake),
               report]() mutable -> asio::awaitable<void> {
                  co_await (service_of(group.kind).*change)(line, group.region, some, report);
              });
    }
}

}  // namespace doze::cloud::aws
