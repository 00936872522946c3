#include "app/offline/doctor/surroundings.hpp"

#include <fmt/format.h>
#include <string>
#include <unistd.h>

namespace doze::doctor {

namespace {

/// Without the "user:password@" that a URL may hold.
std::string without_password(const std::string& url) {
    const auto scheme = url.find("://");
    const auto begin = scheme == std::string::npos ? 0 : scheme + 3;
    const auto at = url.rfind('@', url.find('/', begin));
    if (at == std::string::npos || at < begin) return url;
    return url.substr(0, begin) + url.substr(at + 1);
}

void judge_endpoint(const Environment& environment, Findings& findings) {
    for (const char* name : {"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2", "AWS_ENDPOINT_URL_ECS", "AWS_ENDPOINT_URL_EKS",
                             "AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL_AUTO_SCALING", "AWS_ENDPOINT_URL_RDS"}) {
        const auto url = environment(name);
        if (!url) continue;
        findings.push_back({.area = "network",
                            .what = name,
                            .grade = Grade::warn,
                            .finding = fmt::format("requests go to {} in place of AWS", without_password(*url)),
                            .fix = fmt::format("`unset {}` to talk to AWS itself.", name)});
    }
}

void judge_proxies(const Environment& environment, Findings& findings) {
    for (const char* name : {"https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"}) {
        const auto url = environment(name);
        if (!url) continue;
        findings.push_back({.area = "network",
                            .what = name,
                            .finding = fmt::format("requests go through {}", without_password(*url))});
    }
    for (const char* name : {"no_proxy", "NO_PROXY"}) {
        if (const auto hosts = environment(name)) {
            findings.push_back({.area = "network", .what = name, .finding = "but not those to " + *hosts});
        }
    }
}

void judge_certificates(const Environment& environment, Findings& findings) {
    // In the order in which http looks for them.
    for (const char* name : {"AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
        const auto file = environment(name);
        if (!file) continue;
        Finding finding{.area = "network", .what = name, .finding = "certificates are trusted by " + *file};
        if (::access(file->c_str(), R_OK) != 0) {
            finding.grade = Grade::fail;
            finding.finding = *file + " can't be read, so no server is trusted";
            finding.fix = fmt::format("Correct {}, or unset it to trust what this machine trusts.", name);
        }
        findings.push_back(std::move(finding));
        return;
    }
}

}  // namespace

Findings judge_surroundings(const Environment& environment) {
    Findings findings;
    judge_endpoint(environment, findings);
    judge_proxies(environment, findings);
    judge_certificates(environment, findings);
    return findings;
}

}  // namespace doze::doctor
