// Any bytes that come back from AWS, or stand in its files, are understood or refused.
#include <cstdint>
#include <string>

#include "adapters/aws/client/errors.hpp"
#include "adapters/aws/kinds/asg.hpp"
#include "adapters/aws/kinds/ec2_answer.hpp"
#include "adapters/aws/kinds/ecs_answer.hpp"
#include "adapters/aws/kinds/eks.hpp"
#include "adapters/aws/kinds/rds.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "adapters/aws/protocol/answer.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace doze;
    if (size == 0) return 0;
    const Region region("us-east-1");
    const core::GuardSettings guards;
    const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 10) {
        case 0: (void)aws::ec2::parse_instances(body, region, guards); break;
        case 1: (void)aws::ec2::parse_changes(body, "StopInstances"); break;
        case 2: (void)aws::ecs::parse_clusters(body, region); break;
        case 3: (void)aws::eks::parse_cluster(body, region); break;
        case 4: (void)aws::parse_names(body, "nodegroups"); break;
        case 5: (void)aws::parse_ini(body, "config"); break;
        case 6: (void)aws::asg::parse_groups(body, region, guards); break;
        case 7: (void)aws::rds::parse_instances(body, region, guards); break;
        case 8: (void)aws::rds_cluster::parse_clusters(body, region, guards); break;
        default: {
            const auto error = aws::error_of(
                {.service = "ec2", .region = region, .operation = "StopInstances", .iam_action = "ec2:StopInstances"},
                {.status = 400 + data[0], .headers = {}, .body = body});
            (void)aws::named_instances(error);
        }
    }
    return 0;
}
