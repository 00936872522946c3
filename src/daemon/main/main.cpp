#include "cli/cli.hpp"
#include "daemon/daemon.hpp"

int main(int argc, char** argv) {
    return doze::cli::run_command_line(argc, argv, doze::daemon::run);
}
