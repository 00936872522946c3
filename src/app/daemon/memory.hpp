#pragma once

namespace doze::daemon {

/// Returns memory to the system that was needed only for work that has just ended: free heap pages, and pages of code
/// (the libraries' initialisation is large). Code that runs again is reloaded from the page cache. Takes some
/// milliseconds.
void give_back_memory();

}  // namespace doze::daemon
