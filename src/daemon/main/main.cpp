#include "auth/auth.hpp"
#include "base/standard_descriptors.hpp"
#include "cli/cli.hpp"
#include "daemon/daemon.hpp"
#include "doctor/doctor.hpp"
#include "doctor/iam_policy.hpp"
#include "init/init.hpp"
#include "inspect/inspect.hpp"

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
