#pragma once

namespace doze {

/// Makes sure that 0, 1 and 2 are open: where whoever starts a program closed one, the next file or socket would take
/// its number, and what is written to the terminal would go there. Call first in main().
void hold_standard_descriptors();

}  // namespace doze
