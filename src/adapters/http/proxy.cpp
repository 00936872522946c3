#include "adapters/http/proxy.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <cstdlib>
#include <curl/curl.h>
#include <fmt/format.h>

#include "base/handle.hpp"
#include "base/text.hpp"

namespace doze::http {

namespace ip = boost::asio::ip;

namespace {

/// Loopback, and the metadata and credentials services of EC2, ECS and EKS, which are local to the machine.
bool is_of_this_machine(std::string_view host) {
    return host == "localhost" || host == "[::1]" || host.starts_with("127.") || host.starts_with("169.254.") ||
           host.starts_with("[fd00:ec2:");
}

/// The value of a variable in lower or upper case; the lower-case one counts if it is set, even if empty.
std::optional<Proxy> by_variable(const std::string& small) {
    for (const auto& name : {small, upper_case(small)}) {
        const char* const value = std::getenv(name.c_str());
        if (value == nullptr) continue;
        if (*value == '\0') return std::nullopt;
        return Proxy{.setting = value, .name = {}, .variable = name};
    }
    return std::nullopt;
}

std::string part_of_url(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    const Handle<char, curl_free> owned(text);
    return text;
}

/// Fills in host and port, without the user name and password that may precede them.
void name(Proxy& proxy) {
    const Handle<CURLU, curl_url_cleanup> url(curl_url());
    const std::string text = proxy.setting.find("://") == std::string::npos ? "http://" + proxy.setting : proxy.setting;
    const bool parsed = curl_url_set(url.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
    const std::string host = parsed ? part_of_url(url.get(), CURLUPART_HOST) : "";
    const std::string port = parsed ? part_of_url(url.get(), CURLUPART_PORT) : "";
    proxy.over_tls = lower_case(text).starts_with("https:");
    // curl's default ports for proxies.
    const std::string usual = proxy.over_tls ? "443" : "1080";
    proxy.name = host.empty() ? "of the variable " + proxy.variable : host + ":" + (port.empty() ? usual : port);
}

std::optional<ip::address> address_of(std::string_view host) {
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    boost::system::error_code none;
    const auto address = ip::make_address(std::string(host), none);
    return none ? std::nullopt : std::optional(address);
}

bool holds(const std::string& entry, const ip::address& address) {
    if (entry.find('/') == std::string::npos) return address_of(entry) == address;
    boost::system::error_code none;
    if (address.is_v4()) {
        const auto network = ip::make_network_v4(entry, none);
        return !none &&
               ip::make_network_v4(address.to_v4(), network.prefix_length()).canonical() == network.canonical();
    }
    const auto network = ip::make_network_v6(entry, none);
    return !none && ip::make_network_v6(address.to_v6(), network.prefix_length()).canonical() == network.canonical();
}

bool holds(std::string_view entry, std::string_view host) {
    if (entry.ends_with('.')) entry.remove_suffix(1);
    if (entry.starts_with('.')) entry.remove_prefix(1);
    return !entry.empty() && host.ends_with(entry) &&
           (host.size() == entry.size() || host[host.size() - entry.size() - 1] == '.');
}

}  // namespace

bool is_named_by(std::string_view no_proxy, std::string_view host) {
    std::string name = lower_case(host);
    if (name.ends_with('.')) name.pop_back();
    const auto address = address_of(name);
    const std::string all = lower_case(no_proxy);
    constexpr std::string_view between = ", \t";
    for (std::size_t at = all.find_first_not_of(between); at != std::string::npos;) {
        const auto end = std::min(all.find_first_of(between, at), all.size());
        const std::string entry = all.substr(at, end - at);
        if (entry == "*" || (address ? holds(entry, *address) : holds(std::string_view(entry), name))) return true;
        at = all.find_first_not_of(between, end);
    }
    return false;
}

std::optional<Proxy> proxy_for(std::string_view scheme, std::string_view host) {
    if (is_of_this_machine(host)) return std::nullopt;
    auto proxy = by_variable(std::string(scheme) + "_proxy");
    if (!proxy) proxy = by_variable("all_proxy");
    if (!proxy) return std::nullopt;
    const char* none = std::getenv("no_proxy");
    if (none == nullptr) none = std::getenv("NO_PROXY");
    if (none != nullptr && is_named_by(none, host)) return std::nullopt;
    name(*proxy);
    return proxy;
}

}  // namespace doze::http
