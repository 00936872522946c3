#pragma once

#include <memory>

#include "base/handle.hpp"
#include "base/listen.hpp"
#include "base/result.hpp"
#include "server/admission/admission.hpp"
#include "server/admission/listen_address.hpp"
#include "server/admission/tls.hpp"

namespace doze::server {

/// A TCP address that is listened at, and what it takes to come in there.
struct TcpListener {
    UniqueFd listening;
    std::shared_ptr<TlsFiles> tls;  ///< None on loopback.
    std::shared_ptr<Admission> admission;
};

/// Fails where the address can't be had, or may not be used so; the error says which setting to change.
[[nodiscard]] Result<TcpListener> open_tcp_listener(const ListenAddress& address, const ListenName& name,
                                                    const Security& security,
                                                    const std::shared_ptr<Complaints>& complaints);

/// Of a connection that was accepted: small replies go at once, and peers that vanished are noticed some day.
void prepare_tcp(int fd);

}  // namespace doze::server
