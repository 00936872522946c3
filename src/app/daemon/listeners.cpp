#include "app/daemon/listeners.hpp"

#include <fmt/format.h>
#include <string_view>
#include <sys/resource.h>
#include <utility>

namespace doze::daemon {

void Listeners::open_control_socket(const std::filesystem::path& path) {
    control_socket_ = path;
    unix_.reset();
    auto opened = server::UnixServer::open(loop_, path, dispatcher_,
                                           [this](std::string_view text) { log_.of("unix").warn(text); });
    if (opened) {
        unix_ = std::move(*opened);
        told_.clear();
    } else if (std::exchange(told_, opened.error().text()) != opened.error().text()) {
        log_.of("unix").error("{} The command line can't reach this doze.", opened.error().text());
    }
}

void Listeners::tend() {
    if (control_socket_.empty() || (unix_ && unix_->is_in_place())) return;
    const bool was_open = unix_ != nullptr;
    open_control_socket(control_socket_);
    if (unix_)
        log_.of("unix").warn("The command line's socket {} {}.", control_socket_.string(),
                             was_open ? "was gone; it was made anew" : "is open");
}

void Listeners::apply(const config::Settings& settings) {
    const server::UdpOptions udp{
        .address = settings.udp, .buffer_size = settings.udp_buffer_size, .security = settings.security};
    reopen(udp_, udp, udp.address, "udp", dispatcher_);
    const server::TcpOptions tcp{.address = settings.tcp, .security = settings.security};
    reopen(tcp_, tcp, tcp.address, "tcp", dispatcher_);
    const server::WebOptions web{.address = settings.web,
                                 .allowed_origins = settings.web_allowed_origins,
                                 .password_file = settings.web_password ? password_file_ : std::filesystem::path(),
                                 .security = settings.security};
    reopen(web_, web, web.address, "web",
           server::WebHandlers{.commands = server::to_handler(dispatcher_),
                               .greeter = server::to_greeter(dispatcher_),
                               .routes = api_.routes()});
}

template <class Server, class Options, class Handler>
void Listeners::reopen(Slot<Server, Options>& slot, const Options& options, const ListenAddress& address,
                       const char* module, Handler&& handler) {
    if (slot.options == options) return;
    slot.options = options;
    slot.server.reset();
    auto opened = Server::open(loop_, options, std::forward<Handler>(handler),
                               [this, module](std::string_view text) { log_.of(module).warn(text); });
    if (!opened) return log_.of(module).error(opened.error().text());
    slot.server = std::move(*opened);
    log_.of(module).info("Listening on {}:{}.", address.ip, slot.server->port());
}

Result<void> allow_many_descriptors() {
    constexpr rlim_t fewest = 64;  // doze itself needs about thirty.
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {};
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
    if (limit.rlim_max >= fewest) return {};
    return Error{.code = ErrorCode::internal,
                 .message = fmt::format("This process may have only {} files open at a time.", limit.rlim_max),
                 .next_step = fmt::format("Allow it at least {} (`ulimit -n`, or LimitNOFILE= of its unit).", fewest)};
}

}  // namespace doze::daemon
