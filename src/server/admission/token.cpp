#include "server/admission/token.hpp"

#include <openssl/crypto.h>

namespace doze::server {

bool is_token(const Secret& token, std::string_view given) {
    const auto wanted = token.view();
    return !wanted.empty() && given.size() == wanted.size() &&
           CRYPTO_memcmp(given.data(), wanted.data(), wanted.size()) == 0;
}

}  // namespace doze::server
