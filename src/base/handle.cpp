#include "base/handle.hpp"

#include <cerrno>
#include <fcntl.h>
#include <initializer_list>
#include <unistd.h>

namespace doze {

void hold_standard_descriptors() {
    for (const int wanted : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
        if (::fcntl(wanted, F_GETFD) >= 0 || errno != EBADF) continue;
        // The lowest free number is `wanted`. Who reads a closed standard input is told so as before; that the output
        // is closed is no failure. Where there is no /dev/null, something that can't be read or written.
        const int access = wanted == STDIN_FILENO ? O_WRONLY : O_RDWR;
        if (::open("/dev/null", access | O_NOCTTY) < 0) (void)::open("/", O_PATH);
    }
}

}  // namespace doze
