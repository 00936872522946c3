// Which descriptions go out together.
#include "core/reconcile/describing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/reconcile/reconcile.hpp"
#include "unit/core/one_engine.hpp"

namespace doze::core::of_describing {
namespace {

using namespace std::chrono_literals;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class Describing : public testing::Test, protected OneEngine {
   protected:
    /// One whose description is due so much later.
    ResourceRecord& add(const ResourceId& id, Duration later) {
        auto& record = state.tracked.try_emplace(id, ResourceRecord{.id = id}).first->second;
        record.polling.wanted = Depth::usual;
        record.polling.due = now.boot + later;
        record.polling.count = 1;
        return record;
    }
    std::vector<ResourceId> sent() {
        Batch out;
        send_describes(state, now, out);
        return out.describes[Depth::usual];
    }
};

TEST_F(Describing, TakesAlongWhatIsDueSoonWhereTheCallGoesOutAnyway) {
    const auto one = instance("i-1"), soon = instance("i-2");
    add(one, 0s);
    auto& taken = add(soon, 5s);
    EXPECT_THAT(sent(), UnorderedElementsAre(one, soon));
    EXPECT_EQ(taken.polling.out, now.boot);
    EXPECT_GT(taken.polling.next, now.boot);
    EXPECT_EQ(taken.polling.count, 2);
}

TEST_F(Describing, MakesNoCallForWhatIsDueLater) {
    add(instance("i-1"), 5s);
    EXPECT_THAT(sent(), IsEmpty());
}

TEST_F(Describing, TakesNothingAlongThatFailedOrIsOutOrIsElsewhere) {
    const auto one = instance("i-1");
    add(one, 0s);
    add(instance("i-2"), 5s).polling.failed = 1;
    add(instance("i-3"), 5s).polling.out = now.boot;
    add(instance("i-4"), 5s).polling.fresh_from = now.boot + 1s;
    add(ec2(Region("eu-west-1"), InstanceId("i-5")), 5s);
    add(asg(Region("us-east-1"), GroupName("fleet")), 5s);
    EXPECT_THAT(sent(), UnorderedElementsAre(one));
}

}  // namespace
}  // namespace doze::core::of_describing
