#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace doze::protocol {

constexpr std::size_t no_limit = std::numeric_limits<std::size_t>::max();

/// Appends `text` as a JSON string. Whatever the bytes, the result is valid JSON in valid UTF-8: invisible characters
/// (base/text.hpp) are escaped, invalid UTF-8 becomes U+FFFD. At most `longest` bytes (at least 8) are between the
/// quotes; a cut text ends in "...".
void append_string(std::string& out, std::string_view text, std::size_t longest = no_limit);

/// JSON of another writer, with invisible characters escaped as by append_string().
[[nodiscard]] std::string with_escapes(std::string_view json);

/// Writes JSON at the end of a string. Adds commas by itself: the last character shows whether one is needed, so a
/// caller may go back by truncating `out`.
class JsonWriter {
   public:
    /// Strings are cut to `longest` bytes.
    explicit JsonWriter(std::string& out, std::size_t longest = no_limit) : out_(out), longest_(longest) {}

    void begin_object() { open('{'); }
    void end_object() { out_ += '}'; }
    void begin_array() { open('['); }
    void end_array() { out_ += ']'; }

    /// `name` must not need escapes.
    void key(std::string_view name);

    void string(std::string_view text) {
        comma();
        append_string(out_, text, longest_);
    }
    void number(std::int64_t value);
    void boolean(bool value) { raw(value ? "true" : "false"); }
    void null() { raw("null"); }

    /// Appends text that is JSON already.
    void raw(std::string_view json) {
        comma();
        out_ += json;
    }

    /// A member of the open object; an empty optional becomes null.
    template <class T>
    void member(std::string_view name, const T& value) {
        key(name);
        any(value);
    }

    [[nodiscard]] std::size_t size() const { return out_.size(); }

   private:
    void open(char bracket) {
        comma();
        out_ += bracket;
    }
    void comma() {
        if (out_.empty()) return;
        const char last = out_.back();
        if (last != '{' && last != '[' && last != ':') out_ += ',';
    }

    template <class T>
    void any(const T& value) {
        if constexpr (std::is_same_v<T, bool>) {
            boolean(value);
        } else if constexpr (std::is_integral_v<T>) {
            number(static_cast<std::int64_t>(value));
        } else {
            string(value);
        }
    }
    template <class T>
    void any(const std::optional<T>& value) {
        if (value) {
            any(*value);
        } else {
            null();
        }
    }

    std::string& out_;
    std::size_t longest_;
};

}  // namespace doze::protocol
