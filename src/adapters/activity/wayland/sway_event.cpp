#include "adapters/activity/wayland/sway_event.hpp"

#include <boost/json/basic_parser_impl.hpp>
#include <cstddef>
#include <limits>

namespace doze::activity::wayland {

namespace {

namespace json = boost::json;
using boost::system::error_code;

/// Hears what the parser reads, keeps `change` and `container.id`, and stops it when it has both.
class Reader {
   public:
    static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
    static constexpr std::size_t max_array_size = max_object_size;
    static constexpr std::size_t max_key_size = max_object_size;
    static constexpr std::size_t max_string_size = max_object_size;

    [[nodiscard]] std::optional<std::uint64_t> focused() const { return focus_ == true ? id_ : std::nullopt; }

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return enter(); }
    bool on_object_end(std::size_t, error_code&) { return leave(); }
    bool on_array_begin(error_code&) { return enter(); }
    bool on_array_end(std::size_t, error_code&) { return leave(); }
    bool on_key_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_key(json::string_view key, std::size_t size, error_code&) {
        if (key.size() != size) key = {};  // Only its last part.
        if (depth_ == 1) outer_ = key == "change" ? Key::change : key == "container" ? Key::container : Key::other;
        if (depth_ == 2) is_id_ = outer_ == Key::container && key == "id";
        return true;
    }
    bool on_string_part(json::string_view, std::size_t, error_code&) { return true; }
    bool on_string(json::string_view text, std::size_t, error_code& stop) {
        if (depth_ == 1 && outer_ == Key::change) focus_ = text == "focus";
        return go_on(stop);
    }
    bool on_number_part(json::string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, error_code& stop) {
        return on_uint64(static_cast<std::uint64_t>(number), {}, stop);
    }
    bool on_uint64(std::uint64_t number, json::string_view, error_code& stop) {
        if (depth_ == 2 && is_id_) id_ = number;
        return go_on(stop);
    }
    bool on_double(double, json::string_view, error_code&) { return true; }
    bool on_bool(bool, error_code&) { return true; }
    bool on_null(error_code&) { return true; }
    bool on_comment_part(json::string_view, error_code&) { return true; }
    bool on_comment(json::string_view, error_code&) { return true; }

   private:
    enum class Key { change, container, other };

    bool enter() {
        ++depth_;
        is_id_ = false;
        return true;
    }
    bool leave() {
        --depth_;
        return true;
    }
    [[nodiscard]] bool go_on(error_code& stop) const {
        if (focus_ == false || (focus_ && id_)) stop = json::error::exception;
        return !stop;
    }

    int depth_ = 0;
    Key outer_ = Key::other;
    bool is_id_ = false;
    std::optional<bool> focus_;
    std::optional<std::uint64_t> id_;
};

}  // namespace

std::optional<std::uint64_t> focused_window(std::string_view payload) {
    json::basic_parser<Reader> parser{json::parse_options{}};
    error_code ignored;  // That it was told to stop, or why it had to.
    parser.write_some(false, payload.data(), payload.size(), ignored);
    return parser.handler().focused();
}

}  // namespace doze::activity::wayland
