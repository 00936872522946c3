// The kinds that doze knows at AWS.
#include <algorithm>
#include <array>

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

}  // namespace doze::cloud::aws
