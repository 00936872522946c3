// The floor: what it costs to list all instances of some regions with libcurl and pugixml alone, on the same bytes and
// with the same requests as doze, side by side, keeping the same fields.
//
//   list_floor ENDPOINT REGION...

#include <curl/curl.h>
#include <malloc.h>
#include <memory>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "report.hpp"

namespace {

struct Instance {
    std::string region, id, state, type, zone, name, public_ip, private_ip, reason, stopped_because;
    bool can_stop = true;
};

struct Listing {
    std::string region;
    std::string form;
    std::string scope;  // How curl's signer is told what it signs for.
    std::string body;
    CURL* easy = nullptr;
};

std::size_t on_body(char* data, std::size_t size, std::size_t count, void* body) {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

// Empty on the last page.
std::string keep(Listing& listing, std::vector<Instance>& all) {
    pugi::xml_document document;
    constexpr unsigned compact = pugi::parse_default | pugi::parse_embed_pcdata;
    if (!document.load_buffer_inplace(listing.body.data(), listing.body.size(), compact)) bench::fail("no XML came");
    const auto root = document.child("DescribeInstancesResponse");
    for (const auto reservation : root.child("reservationSet").children("item")) {
        for (const auto item : reservation.child("instancesSet").children("item")) {
            Instance one{.region = listing.region,
                         .id = item.child_value("instanceId"),
                         .state = item.child("instanceState").child_value("name"),
                         .type = item.child_value("instanceType"),
                         .zone = item.child("placement").child_value("availabilityZone"),
                         .name = {},
                         .public_ip = item.child_value("ipAddress"),
                         .private_ip = item.child_value("privateIpAddress"),
                         .reason = item.child_value("reason"),
                         .stopped_because = item.child("stateReason").child_value("message")};
            one.can_stop = std::string_view(item.child_value("rootDeviceType")) == "ebs" &&
                           !item.child("operator").child("managed").text().as_bool() &&
                           std::string_view(item.child_value("instanceLifecycle")) != "spot";
            for (const auto tag : item.child("tagSet").children("item")) {
                const std::string_view key = tag.child_value("key");
                if (key == "Name") one.name = tag.child_value("value");
                if (key == "env" && std::string_view(tag.child_value("value")).starts_with("prod"))
                    one.can_stop = false;
            }
            all.push_back(std::move(one));
        }
    }
    return root.child_value("nextToken");
}

void ask(CURLM* multi, Listing& listing, const std::string& endpoint, const std::string& token) {
    listing.form = "Action=DescribeInstances&MaxResults=1000&Version=2016-11-15";
    if (!token.empty()) listing.form += "&NextToken=" + token;
    listing.body.clear();
    if (listing.easy == nullptr) listing.easy = curl_easy_init();
    curl_easy_setopt(listing.easy, CURLOPT_URL, (endpoint + "/").c_str());
    curl_easy_setopt(listing.easy, CURLOPT_AWS_SIGV4, listing.scope.c_str());
    curl_easy_setopt(listing.easy, CURLOPT_USERPWD, "bench:bench");
    curl_easy_setopt(listing.easy, CURLOPT_POSTFIELDS, listing.form.c_str());
    curl_easy_setopt(listing.easy, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(listing.easy, CURLOPT_WRITEDATA, &listing.body);
    curl_easy_setopt(listing.easy, CURLOPT_PRIVATE, &listing);
    curl_easy_setopt(listing.easy, CURLOPT_BUFFERSIZE, 256L << 10);
    curl_multi_add_handle(multi, listing.easy);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 3) bench::fail("usage: list_floor ENDPOINT REGION...");
    // Most of the time goes into page faults unless the arena is kept from page to page.
    mallopt(M_MMAP_THRESHOLD, 1 << 30);
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    CURLM* const multi = curl_multi_init();
    const std::string endpoint = argv[1];
    std::vector<Listing> listings(static_cast<std::size_t>(argc - 2));
    std::vector<Instance> all;
    for (std::size_t i = 0; i < listings.size(); ++i) {
        listings[i].region = argv[i + 2];
        listings[i].scope = "aws:amz:" + listings[i].region + ":ec2";
        ask(multi, listings[i], endpoint, "");
    }
    for (int running = 1; running > 0;) {
        curl_multi_perform(multi, &running);
        int left = 0;
        while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
            if (message->data.result != CURLE_OK) bench::fail(curl_easy_strerror(message->data.result));
            Listing* listing = nullptr;
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &listing);
            curl_multi_remove_handle(multi, message->easy_handle);
            const auto token = keep(*listing, all);
            if (token.empty()) continue;
            ask(multi, *listing, endpoint, token);
            ++running;
        }
        if (running > 0) curl_multi_poll(multi, nullptr, 0, 1000, nullptr);
    }
    bench::report(all.size());
}
