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

const Service& service_of(core::Kind kind) {
    static const std::array all{&ec2::service, &ecs::service, &eks::service,
                                &asg::service, &rds::service, &rds_cluster::service};
    return *all.at(static_cast<std::size_t>(kind));
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
