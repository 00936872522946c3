#include "adapters/http/transfer.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/paths.hpp"
#include "base/secret.hpp"
#include "base/text.hpp"

/// Explains a failed transfer, and what is to blame: the host, a proxy on the way to it, or this machine.
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
    // Once the proxy has opened a tunnel, the errors below may be the host's.
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

namespace asio = boost::asio;

namespace {

std::string part_of(CURLU* url, CURLUPart part) {
    char* text = nullptr;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
    const Handle<char, curl_free> owned(text);
    return text;
}

/// Like append, but wipes the old memory when the text has to move. Credentials come in short answers; large lists skip
/// this work.
void append_tidily(std::string& text, std::string_view more) {
    constexpr std::size_t longest_secret = std::size_t{64} << 10;
    if (text.size() + more.size() > text.capacity() && text.size() < longest_secret) {
        std::string larger;
        larger.reserve(std::max(2 * text.capacity(), text.size() + more.size()));
        larger = std::as_const(text);
        text.swap(larger);
        wipe(larger);
    }
    text += more;
}

Error not_sendable(std::string message) {
    return {.code = ErrorCode::bad_request, .message = std::move(message)};
}

}  // namespace

Result<std::shared_ptr<Transfer>> Transfer::open(ports::HttpRequest request, const HttpLimits& limits,
                                                 const asio::any_io_executor& executor) {
    Handle<CURL, curl_easy_cleanup> easy(curl_easy_init());
    if (!easy) return Error{.code = ErrorCode::internal, .message = "libcurl could not be started: out of memory."};

    const Handle<CURLU, curl_url_cleanup> url(curl_url());
    if (curl_url_set(url.get(), CURLUPART_URL, request.url.c_str(), 0) != CURLUE_OK) {
        return not_sendable("This is not a URL: " + request.url.substr(0, request.url.find('?')) + ".");
    }
    const std::string scheme = part_of(url.get(), CURLUPART_SCHEME);
    if (scheme != "http" && scheme != "https") {
        return not_sendable("doze speaks http and https only, not " + scheme + ".");
    }
    const std::string host = part_of(url.get(), CURLUPART_HOST);
    const std::string port = part_of(url.get(), CURLUPART_PORT);

    std::shared_ptr<Transfer> transfer(new Transfer(std::move(request), limits, executor, std::move(easy)));
    transfer->host_ = port.empty() ? host : host + ":" + port;
    if (!transfer->request_.direct) transfer->proxy_ = proxy_for(scheme, host);
    if (!transfer->prepare_headers()) return not_sendable("A header of the request holds a line break.");
    if (!transfer->prepare()) return not_sendable("libcurl does not take the request to " + transfer->host_ + ".");
    return transfer;
}

Transfer::Transfer(ports::HttpRequest request, const HttpLimits& limits, const asio::any_io_executor& executor,
                   Handle<CURL, curl_easy_cleanup> easy)
    : request_(std::move(request)), limits_(limits), done_(executor), easy_(std::move(easy)) {}

Transfer::~Transfer() {
    wipe(request_.body);
    for (auto& header : request_.headers) wipe(header.second);
    wipe(response_.body);
    if (proxy_) wipe(proxy_->setting);
}

std::shared_ptr<Transfer> Transfer::of(CURL* easy) {
    Transfer* transfer = nullptr;
    curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
    return transfer->shared_from_this();
}

bool Transfer::prepare_headers() {
    curl_slist* list = nullptr;
    const auto append = [&](const std::string& line) {
        list = curl_slist_append(headers_.get(), line.c_str());
        if (list == nullptr) return false;
        static_cast<void>(headers_.release());
        headers_.reset(list);
        return true;
    };
    for (const auto& [name, value] : request_.headers) {
        constexpr std::string_view breaks("\r\n\0", 3);
        if (name.find_first_of(breaks) != std::string::npos || value.find_first_of(breaks) != std::string::npos) {
            return false;
        }
        // For curl, "Name:" removes a header and "Name;" sends it empty.
        std::string line;
        line.reserve(name.size() + value.size() + 2);
        line += name;
        line += value.empty() ? ";" : ": ";
        line += value;
        const bool appended = append(line);
        wipe(line);
        if (!appended) return false;
    }
    // Removes curl's "Expect: 100-continue", which would cost a pause, and its default content type; headers added
    // above stay.
    return append("Expect:") && append("Content-Type:");
}

bool Transfer::prepare() {
    CURL* e = easy_.get();
    curl_easy_setopt(e, CURLOPT_PRIVATE, this);
    curl_easy_setopt(e, CURLOPT_ERRORBUFFER, detail_.data());
    curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(e, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
    curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    // The path must be sent as it was signed: curl must not resolve "/../".
    curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    // A list of instances shrinks to a twentieth. The size limit applies to the unpacked body.
    curl_easy_setopt(e, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request_.connect_timeout.count()));
    curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, static_cast<long>(request_.total_timeout.count()));
    curl_easy_setopt(e, CURLOPT_HTTPHEADER, headers_.get());
    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    curl_easy_setopt(e, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    curl_easy_setopt(e, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, &Transfer::on_request);
    curl_easy_setopt(e, CURLOPT_PREREQDATA, this);
    prepare_method();
    prepare_trust_and_proxy();
    return curl_easy_setopt(e, CURLOPT_URL, request_.url.c_str()) == CURLE_OK;
}

void Transfer::prepare_method() {
    CURL* e = easy_.get();
    const std::string& method = request_.method;
    if (method == "HEAD") {
        curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
        return;
    }
    if (method == "POST" || !request_.body.empty()) {
        curl_easy_setopt(e, CURLOPT_POST, 1L);
        curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
        curl_easy_setopt(e, CURLOPT_POSTFIELDS, request_.body.data());
        if (method != "POST") curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method.c_str());
    } else if (method != "GET") {
        curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
}

void Transfer::prepare_trust_and_proxy() {
    CURL* e = easy_.get();
    const Environment environment = process_environment();
    const auto trust = [&](std::string who, const std::string& file) {
        if (file.empty() || !ca_file_.empty()) return;
        ca_file_ = expand_user(file, environment);
        ca_file_by_ = std::move(who);
    };
    const auto trust_variable = [&](const char* name) { trust(name, environment(name).value_or("")); };
    trust_variable("AWS_CA_BUNDLE");
    trust("ca_bundle of the profile", request_.ca_file);
    for (const char* name : {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) trust_variable(name);
    if (!ca_file_.empty()) {
        curl_easy_setopt(e, CURLOPT_CAINFO, ca_file_.c_str());
        curl_easy_setopt(e, CURLOPT_PROXY_CAINFO, ca_file_.c_str());
    }
    // An empty name turns off curl's own choice of a proxy; proxy_for() has chosen already.
    curl_easy_setopt(e, CURLOPT_PROXY, proxy_ ? proxy_->setting.c_str() : "");
    curl_easy_setopt(e, CURLOPT_NOPROXY, "");
}

std::size_t Transfer::on_header(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::string_view line(data, size * count);
    transfer.header_bytes_ += line.size();
    if (transfer.header_bytes_ > transfer.limits_.header_bytes) {
        transfer.too_large_ = true;
        return 0;
    }
    // A "100 Continue" has headers of its own, before those of the final response.
    if (line.starts_with("HTTP/")) transfer.response_.headers.clear();
    if (const auto colon = line.find(':'); colon != std::string_view::npos && !line.starts_with("HTTP/")) {
        transfer.response_.headers.emplace_back(lower_case(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
    }
    return line.size();
}

int Transfer::on_request(void* self, char* /*to*/, char* /*from*/, int /*to_port*/, int /*from_port*/) {
    ++static_cast<Transfer*>(self)->requests_;
    return CURL_PREREQFUNC_OK;
}

std::size_t Transfer::on_body(char* data, std::size_t size, std::size_t count, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    const std::size_t bytes = size * count;
    if (bytes > transfer.limits_.body_bytes - transfer.response_.body.size()) {
        transfer.too_large_ = true;
        return 0;
    }
    append_tidily(transfer.response_.body, {data, bytes});
    return bytes;
}

void Transfer::finish(CURLcode code) {
    if (code != CURLE_OK) return settle(error_of(code));
    long status = 0;
    curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    response_.status = static_cast<int>(status);
    if (proxy_ && status == wants_a_password) return settle(error_of(code));
    response_.repeated = requests_ > 1;
    settle(std::move(response_));
}

void Transfer::finish_unsent() {
    settle(
        Error{.code = ErrorCode::internal, .message = "The request to " + host_ + " was given up: doze is stopping."});
}

void Transfer::settle(Result<ports::HttpResponse> result) {
    if (result_) return;
    result_ = std::move(result);
    done_.set();
}

Result<ports::HttpResponse> Transfer::take_result() {
    if (!result_) finish_unsent();
    return std::move(*result_);
}

}  // namespace doze::http
