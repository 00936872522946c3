// The kinds that doze knows at AWS.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "cloud/aws/asg.hpp"
#include "cloud/aws/ec2.hpp"
#include "cloud/aws/ecs.hpp"
#include "cloud/aws/eks.hpp"
#include "cloud/aws/rds.hpp"
#include "cloud/aws/rds_cluster.hpp"

namespace doze::cloud::aws {

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

}  // namespace doze::cloud::aws
