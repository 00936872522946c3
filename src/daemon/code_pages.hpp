#pragma once

namespace doze::daemon {

/// Unmaps the pages of code that only the start needed (libraries initialise themselves at length), so that
/// a daemon at rest holds little. What is run again comes back from the page cache by itself.
void forget_code_pages();

}  // namespace doze::daemon
