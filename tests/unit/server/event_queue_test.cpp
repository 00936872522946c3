#include "server/event_queue.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

namespace doze::server {
namespace {

TEST(EventQueue, KeepsTheOrder) {
    EventQueue queue;
    EXPECT_TRUE(queue.empty());
    queue.push("one");
    queue.push("two");
    EXPECT_EQ(queue.pop(), "one");
    EXPECT_EQ(queue.pop(), "two");
    EXPECT_TRUE(queue.empty());
}

TEST(EventQueue, HoldsNoMoreBytesThanItMayButAlwaysTheNewest) {
    EventQueue queue;
    const std::string large(EventQueue::most_bytes / 2 + 1, 'x');
    queue.push("first");
    queue.push(large);
    queue.push(large);
    EXPECT_NE(queue.pop().find("EVENTS_LOST"), std::string::npos);
    EXPECT_EQ(queue.pop(), large);
    EXPECT_TRUE(queue.empty());
    queue.push(std::string(2 * EventQueue::most_bytes, 'y'));
    EXPECT_EQ(queue.pop().size(), 2 * EventQueue::most_bytes);
    queue.push("last");
    EXPECT_EQ(queue.pop(), "last");
}

TEST(EventQueue, LosesTheOldestAndSaysHowManyInTheirPlace) {
    EventQueue queue;
    for (std::size_t i = 0; i < EventQueue::most + 3; ++i) queue.push(std::to_string(i));
    const auto lost = boost::json::parse(queue.pop()).as_object();
    EXPECT_EQ(lost.size(), 5U);
    EXPECT_EQ(lost.at("type"), "EVENTS_LOST");
    EXPECT_EQ(lost.at("source"), "doze");
    EXPECT_EQ(lost.at("content").at("count"), 3);
    for (std::size_t i = 3; i < EventQueue::most + 3; ++i) {
        ASSERT_FALSE(queue.empty());
        EXPECT_EQ(queue.pop(), std::to_string(i));
    }
    EXPECT_TRUE(queue.empty());
    queue.push("again");
    EXPECT_EQ(queue.pop(), "again");
}

}  // namespace
}  // namespace doze::server
