#include "auth/auth.hpp"
#include "cli/cli.hpp"
#include "daemon/daemon.hpp"

int main(int argc, char** argv) {
    return doze::cli::run_command_line(argc, argv, {.run = doze::daemon::run, .auth = doze::auth::run});
}
