#include "base/json.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace doze::json_test {
namespace {

const auto content =
    *parse_json_object(R"({"text": "x", "empty": "", "number": -3, "half": 0.5, "yes": true, "none": null,
                           "object": {"inner": "y"}, "array": [1, 2]})");

TEST(Json, OnlyAnObjectIsOne) {
    for (const char* other : {"", "[]", "1", "{", R"({"a": 1} x)", "null"})
        EXPECT_FALSE(parse_json_object(other)) << other;
    EXPECT_TRUE(parse_json_object("{}"));
}

TEST(Json, AMemberOfItsTypeIsRead) {
    EXPECT_EQ(string_at(content, "text"), "x");
    EXPECT_EQ(string_at(content, "empty"), "") << "an empty text is one";
    EXPECT_EQ(text_at(content, "text"), "x");
    EXPECT_EQ(number_at(content, "number"), -3);
    EXPECT_TRUE(flag_at(content, "yes"));
    EXPECT_EQ(text_at(object_at(content, "object"), "inner"), "y");
    EXPECT_EQ(find_object(content, "object"), &object_at(content, "object"));
    EXPECT_EQ(array_at(content, "array").size(), 2U);
    EXPECT_EQ(find_array(content, "array"), &array_at(content, "array"));
    EXPECT_EQ(&as_object(content.at("object")), &object_at(content, "object"));
}

TEST(Json, WhatIsNotThereOrOfAnotherTypeIsNone) {
    for (const char* name : {"absent", "none", "half"}) {
        EXPECT_EQ(string_at(content, name), std::nullopt) << name;
        EXPECT_EQ(text_at(content, name), "") << name;
        EXPECT_EQ(number_at(content, name), std::nullopt) << name;
        EXPECT_FALSE(flag_at(content, name)) << name;
        EXPECT_EQ(find_object(content, name), nullptr) << name;
        EXPECT_EQ(find_array(content, name), nullptr) << name;
        EXPECT_TRUE(object_at(content, name).empty()) << name;
        EXPECT_TRUE(array_at(content, name).empty()) << name;
    }
    EXPECT_TRUE(as_object(content.at("array")).empty());
}

}  // namespace
}  // namespace doze::json_test
