#include <cerrno>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>

#include "adapters/http/transfer.hpp"

/// What went wrong with a transfer, and who is to blame: the host, a proxy on the way to it, or this machine.
namespace doze::http {

namespace {

Error again(std::string message, std::string next_step) {
    return {.code = ErrorCode::aws_error,
            .message = std::move(message),
            .next_step = std::move(next_step),
            .recovery = Recovery::retry};
}

bool is_about_tls(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR || code == CURLE_SSL_CERTPROBLEM ||
           code == CURLE_SSL_CIPHER || code == CURLE_SSL_ISSUER_ERROR;
}

double seconds(std::chrono::milliseconds time) {
    return static_cast<double>(time.count()) / 1000;
}

}  // namespace

long Transfer::code_of_proxy() const {
    long code = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_HTTP_CONNECTCODE, &code);
    return code;
}

bool Transfer::was_refused() const {
    long number = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_OS_ERRNO, &number);
    return number == ECONNREFUSED;
}

std::optional<Error> Transfer::error_of_proxy(CURLcode code) const {
    const std::string proxy = "The proxy " + proxy_->name;
    const std::string check = fmt::format("Check the variable {} and whether the proxy runs", proxy_->variable);
    const long answer = code == CURLE_OK ? response_.status : code_of_proxy();
    if (answer == wants_a_password) {
        return again(fmt::format("{} let nothing through to {}: it wants a name and a password (407).", proxy, host_),
                     fmt::format("Put those that it takes into the variable {}: http://NAME:PASSWORD@HOST:PORT.",
                                 proxy_->variable));
    }
    if (answer >= 300) {
        return again(fmt::format("{} let nothing through to {}: it answered {}.", proxy, host_, answer),
                     "Check the variables " + proxy_->variable + " and no_proxy.");
    }
    if (code == CURLE_COULDNT_RESOLVE_PROXY) {
        return again(proxy + " has a name that nobody knows, or there is no network to look it up.", check + ".");
    }
    if (code == CURLE_COULDNT_CONNECT && was_refused()) {
        return again(proxy + " refused the connection: nothing listens there.", check + ".");
    }
    if (code == CURLE_COULDNT_CONNECT) return again(proxy + " could not be reached.", check + ".");
    if (code == CURLE_PROXY) {
        return again(fmt::format("{} let nothing through to {}: {}.", proxy, host_, detail_.data()), check + ".");
    }
    // What follows may be the host's doing as well once there is a way to it.
    const bool way_is_open = !request_.url.starts_with("https:") || answer != 0;
    curl_off_t connected_at = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &connected_at);
    if (code == CURLE_OPERATION_TIMEDOUT && connected_at == 0) {
        return again(
            fmt::format("{} opened no way to {} within {} s.", proxy, host_, seconds(request_.connect_timeout)),
            check + ".");
    }
    if (way_is_open) return std::nullopt;
    if (proxy_->over_tls && is_about_tls(code)) {
        return again(fmt::format("No trusted TLS connection to the proxy {}: {}.", proxy_->name, detail_.data()),
                     "Name its certificates in AWS_CA_BUNDLE.");
    }
    if (code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) {
        return again(fmt::format("{} cut the connection short before it was through to {}.", proxy, host_),
                     check + ".");
    }
    return std::nullopt;
}

Error Transfer::error_of(CURLcode code) const {
    if (too_large_) {
        return {.code = ErrorCode::too_large,
                .message = fmt::format("The answer of {} is larger than doze takes ({} MiB).", host_,
                                       limits_.body_bytes >> 20)};
    }
    if (proxy_) {
        if (auto error = error_of_proxy(code)) return *error;
    }
    switch (code) {
        case CURLE_COULDNT_RESOLVE_HOST:
            return again("There is no host " + host_ + ", or no network to look its name up.",
                         "Check the network connection, the region's name and AWS_ENDPOINT_URL.");
        case CURLE_COULDNT_CONNECT: {
            if (was_refused()) {
                return again(host_ + " refused the connection: nothing listens there.",
                             "Check AWS_ENDPOINT_URL and the firewall.");
            }
            return again(host_ + " could not be reached.", "Check the network connection and the firewall.");
        }
        case CURLE_OPERATION_TIMEDOUT: {
            curl_off_t sent_at = 0;
            curl_easy_getinfo(easy_.get(), CURLINFO_PRETRANSFER_TIME_T, &sent_at);
            if (sent_at == 0) {
                return again(
                    fmt::format("{} took no connection within {} s.", host_, seconds(request_.connect_timeout)),
                    "Check the network connection and the firewall.");
            }
            return again(fmt::format("{} did not answer within {} s.", host_, seconds(request_.total_timeout)),
                         "doze tries again; if it goes on, look at health.aws.amazon.com.");
        }
        case CURLE_SSL_CACERT_BADFILE:
            if (ca_file_.empty()) {
                return again("This machine's trusted certificates can't be read, so " + host_ + " can't be trusted.",
                             "Install the package ca-certificates.");
            }
            return again(fmt::format("The file of trusted certificates {} ({}) can't be read, so {} can't be trusted.",
                                     ca_file_, ca_file_by_, host_),
                         "Correct or unset " + ca_file_by_ + ".");
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CERTPROBLEM:
        case CURLE_SSL_CIPHER:
        case CURLE_SSL_ISSUER_ERROR:
            return again(
                fmt::format("No trusted TLS connection to {}: {}.", host_,
                            detail_[0] != '\0' ? detail_.data() : curl_easy_strerror(code)),
                "Behind a proxy that opens TLS, name its certificates in AWS_CA_BUNDLE; else check the clock.");
        case CURLE_GOT_NOTHING:
        case CURLE_PARTIAL_FILE:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR: return again("The connection to " + host_ + " was cut short.", "doze tries again.");
        default:
            return again(fmt::format("The exchange with {} failed: {}.", host_, curl_easy_strerror(code)),
                         "Check that an AWS endpoint, and nothing else, answers there.");
    }
}

}  // namespace doze::http
