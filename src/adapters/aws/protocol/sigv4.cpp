#include "adapters/aws/protocol/sigv4.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <map>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdexcept>

#include "base/text.hpp"

namespace doze::aws {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";

using Digest = std::array<unsigned char, 32>;

std::string_view bytes_of(const Digest& digest) {
    return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string hex(const Digest& digest) {
    std::string text;
    for (const unsigned char byte : digest) fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    return text;
}

Digest sha256(std::string_view text) {
    Digest digest{};
    if (EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) != 1) {
        throw std::logic_error("OpenSSL has no SHA-256");
    }
    return digest;
}

Digest hmac(std::string_view key, std::string_view text) {
    Digest digest{};
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), nullptr) == nullptr) {
        throw std::logic_error("OpenSSL has no HMAC with SHA-256");
    }
    return digest;
}

/// The signing key for one day, region and service. As valuable as the secret for that day, so it is wiped too.
Digest signing_key(const Secret& secret, std::string_view date, const SigningScope& scope) {
    std::string first = "AWS4";
    first += secret.view();
    Digest key = hmac(first, date);
    wipe(first);
    for (const std::string_view part :
         {std::string_view(scope.region.str()), std::string_view(scope.service), std::string_view("aws4_request")}) {
        const Digest next = hmac(bytes_of(key), part);
        OPENSSL_cleanse(key.data(), key.size());
        key = next;
    }
    return key;
}

/// Trims the text and collapses runs of spaces.
std::string squeezed(std::string_view text) {
    std::string result;
    for (const char c : text) {
        const char plain = c == '\t' ? ' ' : c;
        if (plain != ' ' || (!result.empty() && result.back() != ' ')) result += plain;
    }
    if (!result.empty() && result.back() == ' ') result.pop_back();
    return result;
}

std::string encode_keeping(std::string_view text, std::string_view kept) {
    std::string result;
    for (const char c : text) {
        const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                           std::string_view("-._~").find(c) != std::string_view::npos ||
                           kept.find(c) != std::string_view::npos;
        if (plain) {
            result += c;
        } else {
            fmt::format_to(std::back_inserter(result), "%{:02X}", static_cast<unsigned char>(c));
        }
    }
    return result;
}

/// Removes empty, "." and ".." segments (RFC 3986, 5.2.4). A trailing slash stays.
std::string normal_path(std::string_view path) {
    std::vector<std::string_view> kept;
    bool directory = true;
    while (!path.empty()) {
        const auto end = std::min(path.find('/'), path.size());
        const auto segment = path.substr(0, end);
        if (segment == ".." && !kept.empty()) kept.pop_back();
        const bool named = !segment.empty() && segment != "." && segment != "..";
        if (named) kept.push_back(segment);
        directory = end < path.size() || !named;
        path.remove_prefix(std::min(end + 1, path.size()));
    }
    std::string result;
    for (const auto segment : kept) {
        result += '/';
        result += segment;
    }
    return directory || kept.empty() ? result + "/" : result;
}

/// AWS encodes the path a second time before it signs it, for every service but S3.
std::string canonical_path(const std::string& path, const std::string& service) {
    if (service == "s3") return path.empty() ? "/" : path;
    return encode_keeping(normal_path(path), "/");
}

/// Signed headers by name, in lower case. Leaves out those that proxies may change or drop, the same as botocore.
std::map<std::string, std::string> canonical_headers(const RequestToSign& request) {
    std::map<std::string, std::string> headers{{"host", squeezed(request.host)}};
    for (const auto& [name, value] : request.headers) {
        const std::string key = lower_case(name);
        if (key == "host" || key == "user-agent" || key == "expect" || key == "transfer-encoding" ||
            key == "x-amzn-trace-id") {
            continue;
        }
        auto [place, fresh] = headers.try_emplace(key, squeezed(value));
        if (!fresh) place->second += "," + squeezed(value);
    }
    return headers;
}

}  // namespace

std::string uri_encode(std::string_view text) {
    return encode_keeping(text, "");
}

std::string encode_path(const std::vector<std::string>& segments) {
    if (segments.empty()) return "/";
    std::string path;
    for (const auto& segment : segments) path += "/" + uri_encode(segment);
    return path;
}

std::string encode_query(const QueryPairs& query) {
    std::vector<std::pair<std::string, std::string>> pairs;
    for (const auto& [name, value] : query) pairs.emplace_back(uri_encode(name), uri_encode(value));
    std::ranges::sort(pairs);
    std::string text;
    for (const auto& [name, value] : pairs) {
        if (!text.empty()) text += '&';
        text += name;
        text += '=';
        text += value;
    }
    return text;
}

std::pair<std::string, std::string> canonical_request(const RequestToSign& request, const std::string& service) {
    std::string lines;
    std::string names;
    auto headers = canonical_headers(request);
    std::size_t length = 0;
    for (const auto& [name, value] : headers) length += name.size() + value.size() + 2;
    lines.reserve(length);  // Otherwise growing would leave pieces of a session token behind.
    for (auto& [name, value] : headers) {
        fmt::format_to(std::back_inserter(lines), "{}:{}\n", name, value);
        names += (names.empty() ? "" : ";") + name;
        wipe(value);
    }
    const std::string path = canonical_path(request.path, service);
    const std::string query = encode_query(request.query);
    const std::string hash = hex(sha256(request.body));
    std::string text;
    text.reserve(request.method.size() + path.size() + query.size() + lines.size() + names.size() + hash.size() + 5);
    text += request.method;
    for (const std::string_view part : {std::string_view(path), std::string_view(query), std::string_view(lines),
                                        std::string_view(names), std::string_view(hash)}) {
        text += '\n';
        text += part;
    }
    wipe(lines);
    return {std::move(text), names};
}

ports::HttpHeaders sign(const RequestToSign& request, const Credentials& credentials, const SigningScope& scope) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(scope.at);
    const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(seconds.time_since_epoch().count()));
    const std::string date = time.substr(0, 8);

    ports::HttpHeaders added{{"X-Amz-Date", time}};
    if (!credentials.session_token.empty()) {
        added.emplace_back("X-Amz-Security-Token", credentials.session_token.view());
    }
    RequestToSign whole = request;
    whole.headers.insert(whole.headers.end(), added.begin(), added.end());

    auto [canonical, names] = canonical_request(whole, scope.service);
    const std::string where = fmt::format("{}/{}/{}/aws4_request", date, scope.region.str(), scope.service);
    const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", algorithm, time, where, hex(sha256(canonical)));
    Digest key = signing_key(credentials.secret_access_key, date, scope);
    added.emplace_back("Authorization",
                       fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", algorithm,
                                   credentials.access_key_id, where, names, hex(hmac(bytes_of(key), to_sign))));
    OPENSSL_cleanse(key.data(), key.size());
    wipe(canonical);
    for (auto& header : whole.headers) wipe(header.second);
    return added;
}

}  // namespace doze::aws
