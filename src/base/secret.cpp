#include "base/secret.hpp"

#include <cstring>
#include <sys/prctl.h>

namespace doze {

void wipe(std::string& text) {
    // Bytes that remain after a string shrank or was moved from lie within its capacity.
    text.resize(text.capacity());
    ::explicit_bzero(text.data(), text.size());
    text.clear();
}

void keep_memory_private() {
    ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace doze
