#include "app/daemon/daemon.hpp"
#include "app/offline/auth/auth.hpp"
#include "app/offline/doctor/doctor.hpp"
#include "app/offline/init/init.hpp"
#include "app/offline/inspect/inspect.hpp"
#include "base/handle.hpp"
#include "cli/cli.hpp"

int main(int argc, char** argv) {
    doze::hold_standard_descriptors();
    return doze::cli::run_command_line(argc, argv,
                                       {.run = doze::daemon::run,
                                        .auth = doze::auth::run,
                                        .doctor = doze::doctor::run,
                                        .iam_policy = doze::doctor::print_policy,
                                        .check_config = doze::inspect::check_config,
                                        .show_config = doze::inspect::show_config,
                                        .show_registered = doze::inspect::show_registered,
                                        .logs = doze::inspect::show_logs,
                                        .init = doze::init::run});
}
