#include "base/version.hpp"

#include <doze_version.h>

namespace doze {

std::string_view version() {
    return DOZE_VERSION;
}

}  // namespace doze
