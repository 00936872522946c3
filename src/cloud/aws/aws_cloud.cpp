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

#include "cloud/aws/ec2.hpp"
#include "cloud/aws/ecs.hpp"
#include "cloud/aws/eks.hpp"

namespace doze::cloud::aws {

/// The client as the coroutines of one AwsCloud use it: hung up when that AwsCloud goes away, while they may go on.
class AwsCloud::Line final : public Client {
   public:
    explicit Line(Client& client) : client_(&client) {}

    [[nodiscard]] bool open() const { return client_ != nullptr; }
    void hang_up() { client_ = nullptr; }

    boost::asio::awaitable<Result<std::string>> call(Call call) override {
        if (!open()) co_return hung_up();
        auto answer = co_await client_->call(std::move(call));
        if (!open()) co_return hung_up();
        co_return answer;
    }

   private:
    /// Ends every loop of the services: a batch is not halved for it, a page not followed.
    static Error hung_up() { return {.message = "doze is stopping.", .recovery = Recovery::retry}; }

    Client* client_;
};

namespace {

namespace asio = boost::asio;

template <class T>
using Groups = std::map<std::pair<core::Kind, Region>, std::vector<T>>;

/// By kind and region, each resource once.
template <class T, class IdOf>
Groups<T> grouped(std::vector<T> all, IdOf id_of) {
    Groups<T> groups;
    std::set<core::ResourceId> known;
    for (auto& one : all) {
        const core::ResourceId id = id_of(one);
        if (known.insert(id).second) groups[{id.kind(), id.region}].push_back(std::move(one));
    }
    return groups;
}

/// The one of three functions that is for this kind.
template <class Function>
Function* by_kind(core::Kind kind, Function* ec2, Function* ecs, Function* eks) {
    switch (kind) {
        case core::Kind::ec2: return ec2;
        case core::Kind::ecs: return ecs;
        case core::Kind::eks: break;
    }
    return eks;
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

AwsCloud::AwsCloud(asio::any_io_executor executor, Client& client)
    : executor_(std::move(executor)), line_(std::make_shared<Line>(client)) {}

AwsCloud::~AwsCloud() {
    line_->hang_up();
}

void AwsCloud::set_guards(const core::GuardSettings& guards) {
    guards_ = guards;
}

void AwsCloud::survey(core::Kind kind, const Region& region, std::function<void(Result<core::Survey>)> done) {
    const auto service = by_kind(kind, &ec2::survey, &ecs::survey, &eks::survey);
    start(executor_,
          [service, region, line = line_, guards = guards_, done = std::move(done)]() -> asio::awaitable<void> {
              auto result = co_await service(*line, region, guards);
              if (line->open()) done(std::move(result));
          });
}

void AwsCloud::look(std::vector<core::ResourceId> ids,
                    std::function<void(const core::ResourceId&, Result<core::Observation>)> each) {
    const Seen report = [line = line_, each = std::move(each)](const core::ResourceId& id, auto seen) {
        if (line->open()) each(id, std::move(seen));
    };
    for (auto& [group, some] : grouped(std::move(ids), std::identity())) {
        const auto service = by_kind(group.first, &ec2::look, &ecs::look, &eks::look);
        start(executor_,
              [service, region = group.second, some = std::move(some), line = line_, guards = guards_,
               report]() -> asio::awaitable<void> { co_await service(*line, region, some, guards, report); });
    }
}

void AwsCloud::sleep(std::vector<core::Target> targets, Outcome each) {
    act({&ec2::sleep, &ecs::sleep, &eks::sleep}, std::move(targets), std::move(each));
}

void AwsCloud::wake(std::vector<core::Target> targets, Outcome each) {
    act({&ec2::wake, &ecs::wake, &eks::wake}, std::move(targets), std::move(each));
}

void AwsCloud::act(Services services, std::vector<core::Target> targets, Outcome each) {
    const Acted report = [line = line_, each = std::move(each)](const core::ResourceId& id, Result<void> accepted) {
        if (line->open()) each(id, std::move(accepted));
    };
    for (auto& [group, some] : grouped(std::move(targets), [](const core::Target& target) { return target.id; })) {
        const auto service = by_kind(group.first, services.ec2, services.ecs, services.eks);
        start(executor_,
              [service, region = group.second, some = std::move(some), line = line_,
               report]() -> asio::awaitable<void> { co_await service(*line, region, some, report); });
    }
}

}  // namespace doze::cloud::aws
