// Boost.Beast, compiled once instead of into every file that includes it.
#include <boost/beast/src.hpp>
