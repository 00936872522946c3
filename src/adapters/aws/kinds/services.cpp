// The kinds that doze knows at AWS.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "adapters/aws/kinds/asg.hpp"
#include "adapters/aws/kinds/ec2.hpp"
#include "adapters/aws/kinds/ecs.hpp"
#include "adapters/aws/kinds/eks.hpp"
#include "adapters/aws/kinds/rds.hpp"
#include "adapters/aws/kinds/rds_cluster.hpp"

namespace doze::aws {
namespace {

struct Row {
    core::Kind kind;
    const Service* service;
};

constexpr std::array<Row, 6> all{{{core::Kind::ec2, &ec2::service},
                                  {core::Kind::ecs, &ecs::service},
                                  {core::Kind::eks, &eks::service},
                                  {core::Kind::asg, &asg::service},
                                  {core::Kind::rds, &rds::service},
                                  {core::Kind::rds_cluster, &rds_cluster::service}}};

static_assert([] {
    for (std::size_t i = 0; i < all.size(); ++i)
        if (all[i].kind != static_cast<core::Kind>(i)) return false;
    return true;
}());

}  // namespace

const Service& service_of(core::Kind kind) {
    return *all.at(static_cast<std::size_t>(kind)).service;
}

Error Bounds::error(std::string_view operation, const Region& region) const {
    return {
        .code = ErrorCode::aws_error,
        .message = fmt::format("The list in {} ({}) has no end: after {} pages and {} items doze read no further, so "
                               "it is incomplete.",
                               region.str(), operation, pages_, items_),
        .next_step = "Check AWS_ENDPOINT_URL and the proxy: AWS itself has no such lists."};
}

}  // namespace doze::aws
