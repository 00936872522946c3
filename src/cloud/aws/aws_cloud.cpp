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

#include "cloud/aws/service.hpp"

namespace doze::cloud::aws {

namespace asio = boost::asio;

/// Whether the AwsCloud is still there; its coroutines may outlive it.
struct AwsCloud::Life {
    bool over = false;
};

namespace {

/// A client as a coroutine of an AwsCloud uses it: hung up when that AwsCloud goes away.
template <class Life>
class Line final : public Client {
   public:
    Line(Client& client, std::shared_ptr<Life> life) : client_(client), life_(std::move(life)) {}

    asio::awaitable<Result<std::string>> call(Call call) override {
        if (life_->over) co_return hung_up();
        auto answer = co_await client_.call(std::move(call));
        if (life_->over) co_return hung_up();
        co_return answer;
    }

   private:
    /// Ends every loop of the services: a batch is not halved for it, a page not followed.
    static Error hung_up() { return {.message = "doze is stopping.", .recovery = Recovery::retry}; }

    Client& client_;
    std::shared_ptr<Life> life_;
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

/// Each resource once.
template <class T, class IdOf>
Groups<T> grouped(std::vector<T> all, IdOf id_of) {
    Groups<T> groups;
    std::set<core::ResourceId> known;
    for (auto& one : all) {
        const core::ResourceId id = id_of(one);
        if (known.insert(id).second) groups[{id.kind, id.region, id.profile}].push_back(std::move(one));
    }
    return groups;
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

AwsCloud::AwsCloud(asio::any_io_executor executor, Clients clients)
    : executor_(std::move(executor)), clients_(std::move(clients)), life_(std::make_shared<Life>()) {}

AwsCloud::~AwsCloud() {
    life_->over = true;
}

void AwsCloud::set_guards(const core::GuardSettings& guards) {
    guards_ = guards;
}

void AwsCloud::survey(core::Kind kind, const Region& region, std::function<void(Result<core::Survey>)> done) {
    start(executor_,
          [kind, region, line = Line(clients_({}), life_), life = life_, guards = guards_,
           done = std::move(done)]() mutable -> asio::awaitable<void> {
              auto result = co_await service_of(kind).survey(line, region, guards);
              if (!life->over) done(std::move(result));
          });
}

void AwsCloud::look(std::vector<core::ResourceId> ids, core::Depth depth,
                    std::function<void(const core::ResourceId&, Result<core::Observation>)> each) {
    const Seen report = [life = life_, each = std::move(each)](const core::ResourceId& id, auto seen) {
        if (!life->over) each(id, std::move(seen));
    };
    const LookOptions options{.guards = guards_, .depth = depth};
    for (auto& [group, some] : grouped(std::move(ids), std::identity())) {
        start(executor_,
              [group, some = std::move(some), line = Line(clients_(group.profile), life_), options,
               report]() mutable -> asio::awaitable<void> {
                  co_await service_of(group.kind).look(line, group.region, some, options, report);
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
    const Acted report = [life = life_, each = std::move(each)](const core::ResourceId& id, Result<void> accepted) {
        if (!life->over) each(id, std::move(accepted));
    };
    for (auto& [group, some] : grouped(std::move(targets), [](const core::Target& target) { return target.id; })) {
        start(executor_,
              [change, group, some = std::move(some), line = Line(clients_(group.profile), life_),
               report]() mutable -> asio::awaitable<void> {
                  co_await (service_of(group.kind).*change)(line, group.region, some, report);
              });
    }
}

}  // namespace doze::cloud::aws
