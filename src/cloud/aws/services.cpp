// The kinds that doze knows at AWS.
#include <algorithm>
#include <array>

#include "cloud/aws/ec2.hpp"
#include "cloud/aws/ecs.hpp"
#include "cloud/aws/eks.hpp"

namespace doze::cloud::aws {
namespace {

boost::asio::awaitable<Result<core::Survey>> none(Client&, Region, core::GuardSettings) {
    co_return core::Survey(std::vector<core::Item>());
}
boost::asio::awaitable<void> not_there(Client&, Region, std::vector<core::ResourceId> ids, LookOptions, Seen each) {
    for (const auto& id : ids) each(id, absent(id));
    co_return;
}
boost::asio::awaitable<void> refuse(Client&, Region, std::vector<core::Target> targets, Acted each) {
    for (const auto& target : targets) each(target.id, Error{.message = "doze can't do this yet."});
    co_return;
}
const Service later{.kind = {}, .survey = none, .look = not_there, .sleep = refuse, .wake = refuse, .permissions = {}};

}  // namespace

const Service& service_of(core::Kind kind) {
    static const std::array all{&ec2::service, &ecs::service, &eks::service, &later, &later, &later};
    return *all.at(static_cast<std::size_t>(kind));
}

}  // namespace doze::cloud::aws
