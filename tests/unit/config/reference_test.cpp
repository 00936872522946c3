#include <gtest/gtest.h>

#include "config/fields.hpp"
#include "scratch.hpp"

namespace doze::config::reference_test {
namespace {

TEST(Reference, IsThePageInTheDocumentation) {
    const auto page = std::filesystem::path(DOZE_SOURCE_DIR) / "docs/configuration.md";
    if (std::getenv("DOZE_TEST_ACCEPT") != nullptr) spill(page, reference_page());
    EXPECT_EQ(slurp(page), reference_page()) << "DOZE_TEST_ACCEPT=1 writes the page anew.";
}

}  // namespace
}  // namespace doze::config::reference_test
