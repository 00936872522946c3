#pragma once

namespace doze::daemon {

/// Gives back to the system what the work that just ended needed and rest does not: free pages of the heap, and pages
/// of code (libraries initialise themselves at length). Code that runs again comes back from the page cache by itself.
/// Takes some milliseconds.
void give_back_memory();

}  // namespace doze::daemon
