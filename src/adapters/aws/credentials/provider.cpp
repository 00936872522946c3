#include "adapters/aws/credentials/provider.hpp"

#include <array>
#include <boost/json/memory_resource.hpp>
#include <boost/json/serializer.hpp>
#include <chrono>
#include <cstring>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <new>
#include <time.h>
#include <utility>

#include "adapters/aws/protocol/answer.hpp"

namespace doze::aws {

Error no_credentials(std::string message, std::string next_step) {
    return {.code = ErrorCode::no_credentials, .message = std::move(message), .next_step = std::move(next_step)};
}

std::optional<core::WallTime> parse_time(std::string_view text) {
    std::string plain(text);
    if (plain.ends_with("UTC")) plain.replace(plain.size() - 3, 3, "Z");
    if (const auto dot = plain.find('.'); dot != std::string::npos) {
        plain.erase(dot, plain.find_first_not_of("0123456789", dot + 1) - dot);
    }
    std::tm parts = {};
    const char* rest = ::strptime(plain.c_str(), "%Y-%m-%dT%H:%M:%S%z", &parts);
    if (rest == nullptr || *rest != '\0') return std::nullopt;
    const long ahead = parts.tm_gmtoff;
    return core::WallTime(std::chrono::seconds(::timegm(&parts) - ahead));
}

boost::asio::awaitable<Result<Credentials>> ask_sts(Client& client, Call call) {
    const std::string operation = call.operation;
    const Region region = call.region;
    auto answer = co_await client.call(std::move(call));
    if (!answer) co_return answer.error();
    pugi::xml_document document;
    const auto given = parse_xml(document, *answer, (operation + "Response").c_str())
                           .child((operation + "Result").c_str())
                           .child("Credentials");
    Credentials keys{.access_key_id = given.child_value("AccessKeyId"),
                     .secret_access_key = Secret(given.child_value("SecretAccessKey")),
                     .session_token = Secret(given.child_value("SessionToken")),
                     .expires = parse_time(given.child_value("Expiration"))};
    document.reset();
    wipe(*answer);
    if (keys.access_key_id.empty() || keys.secret_access_key.empty() || keys.session_token.empty() || !keys.expires) {
        co_return not_understood(operation, region);
    }
    co_return keys;
}

namespace json = boost::json;

namespace {

class WipingMemory final : public json::memory_resource {
    void* do_allocate(std::size_t size, std::size_t alignment) override {
        return ::operator new(size, std::align_val_t(alignment));
    }
    void do_deallocate(void* memory, std::size_t size, std::size_t alignment) override {
        ::explicit_bzero(memory, size);
        ::operator delete(memory, std::align_val_t(alignment));
    }
    [[nodiscard]] bool do_is_equal(const json::memory_resource& other) const noexcept override {
        return this == &other;
    }
};

}  // namespace

json::object secret_object() {
    return json::object(json::make_shared_resource<WipingMemory>());
}

std::optional<json::object> parse_secret_json(std::string_view text) {
    return parse_json_object(text, json::make_shared_resource<WipingMemory>());
}

Secret to_secret_text(const json::object& object) {
    // Allocated once: a growing string leaves its old memory behind.
    std::string text;
    text.reserve(std::size_t{1} << 16);
    std::array<char, 4096> piece{};
    json::serializer serializer;
    serializer.reset(&object);
    while (!serializer.done()) text += serializer.read(piece.data(), piece.size());
    ::explicit_bzero(piece.data(), piece.size());
    return Secret::of(text);
}

Result<Credentials> read_keys(const json::object& object, std::string_view token_name, std::string_view whose) {
    Credentials keys{.access_key_id = std::string(text_at(object, "AccessKeyId")),
                     .secret_access_key = Secret(text_at(object, "SecretAccessKey")),
                     .session_token = Secret(text_at(object, token_name))};
    const auto bad = [&](std::string_view what) {
        return no_credentials(fmt::format("{} {}.", whose, what),
                              "Correct what answers there; doze asks again by itself.");
    };
    if (keys.access_key_id.empty()) return bad("answered without AccessKeyId");
    if (keys.secret_access_key.empty()) return bad("answered without SecretAccessKey");
    if (const auto end = text_at(object, "Expiration"); !end.empty()) {
        keys.expires = parse_time(end);
        if (!keys.expires) return bad("answered with an Expiration that is no time");
    }
    return keys;
}

}  // namespace doze::aws
