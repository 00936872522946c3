#include "adapters/aws/credentials/secret_json.hpp"

#include <array>
#include <boost/json/memory_resource.hpp>
#include <boost/json/serializer.hpp>
#include <cstring>
#include <fmt/format.h>
#include <new>
#include <utility>

namespace doze::aws {

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
    // Allocated once: a string that grows leaves its old memory behind.
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
