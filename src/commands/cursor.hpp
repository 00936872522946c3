#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/model/kinds.hpp"

namespace doze::commands {

/// What a list is of.
struct ListScope {
    std::optional<core::Kind> kind = std::nullopt;  ///< This kind alone; none: all kinds.
    bool registered = false;                        ///< What services.yaml has, of all kinds; not what AWS has.

    bool operator==(const ListScope&) const = default;
};

/// The forms that lists are asked for in. The letters stand in tokens: never change one.
enum class ListForm : char {
    text = 't',     ///< A bare array or object.
    json = 'j',     ///< A message with the list's type.
    refresh = 'f',  ///< A message of type REFRESH_EC2 and its like.
};

/// How many bytes a part of a token may have before it is cut: where replies are small, and where not.
constexpr std::size_t tight_part = 32;
constexpr std::size_t roomy_part = 260;

/// One part of an item's name in a token. A long part is cut: a prefix and a hash of the whole.
struct CursorPart {
    std::string text;
    std::optional<std::uint64_t> hash;  ///< Only if `text` was cut.

    [[nodiscard]] static CursorPart of(std::string_view whole, std::size_t longest);

    /// Whether `whole` is what the part was made of.
    [[nodiscard]] bool matches(std::string_view whole) const;

    bool operator==(const CursorPart&) const = default;
};

/// Where a list goes on: after the item that is named, whether or not it is still there.
struct Cursor {
    ListScope scope = {};
    ListForm form = ListForm::text;
    bool one_region = false;  ///< The list was narrowed to `region`.
    int section = 0;          ///< Which array of the reply.
    CursorPart region;
    CursorPart group;         ///< The cluster; empty for an instance.
    CursorPart name;          ///< The instance, service or node group; empty for a cluster without any.
    CursorPart profile = {};  ///< Of what is registered with one.

    bool operator==(const Cursor&) const = default;
};

/// The longest token, in bytes.
constexpr std::size_t longest_token = 600;

/// Letters, digits, '-', '_', '.', '~' and '*' only.
[[nodiscard]] std::string to_token(const Cursor& cursor);

/// The reverse; `bad_request` for anything else.
[[nodiscard]] Result<Cursor> parse_token(std::string_view token);

}  // namespace doze::commands
