#include "base/handle.hpp"

#include <cerrno>
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace doze {

void hold_standard_descriptors() {
    for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(wanted, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is `wanted`. Opened the wrong way round, so that reading a closed
        // standard input still fails. Without /dev/null, a descriptor that can be neither read nor
        // written.
        const int access = wanted == STDIN_FILENO ? O_WRONLY : O_RDWR;
        if (::open("/dev/null", access | O_NOCTTY) < 0) (void)::open("/", O_PATH);
    }
}

}  // namespace doze
