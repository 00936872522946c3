#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/model/kinds.hpp"

namespace doze::commands {

/// The content of a list.
struct ListScope {
    std::optional<core::Kind> kind = std::nullopt;  ///< Only this kind; empty: all kinds.
    bool registered = false;  ///< The registrations of services.yaml, of all kinds, instead of AWS's resources.

    bool operator==(const ListScope&) const = default;
};

/// The forms in which lists can be requested. Tokens contain the letters: never change one.
enum class ListForm : char {
    text = 't',     ///< A bare array or object.
    json = 'j',     ///< A message with the list's type.
    refresh = 'f',  ///< A message of type REFRESH_EC2 and its like.
};

/// Longest part of a token, in bytes, before it is cut: for transports with small replies, and for others.
constexpr std::size_t tight_part = 32;
constexpr std::size_t roomy_part = 260;

/// A part of an item's name in a token. If it is too long it is cut to a prefix, with a hash of the whole.
struct CursorPart {
    std::string text;
    std::optional<std::uint64_t> hash;  ///< Only if `text` was cut.

    [[nodiscard]] static CursorPart of(std::string_view whole, std::size_t longest);

    /// Whether the part was made from `whole`.
    [[nodiscard]] bool matches(std::string_view whole) const;

    bool operator==(const CursorPart&) const = default;
};

/// The position where a list continues: after the item named here, whether or not it still exists.
struct Cursor {
    ListScope scope = {};
    ListForm form = ListForm::text;
    bool one_region = false;  ///< The list was narrowed to `region`.
    int section = 0;          ///< Index of the reply's array.
    CursorPart region;
    CursorPart group;         ///< The cluster; empty for an instance.
    CursorPart name;          ///< The instance, service or node group; empty for a cluster without members.
    CursorPart profile = {};  ///< Of a registration with a profile.

    bool operator==(const Cursor&) const = default;
};

/// Longest token, in bytes.
constexpr std::size_t longest_token = 600;

/// The token contains only letters, digits, '-', '_', '.', '~' and '*'.
[[nodiscard]] std::string to_token(const Cursor& cursor);

/// Parses a token; `bad_request` for anything else.
[[nodiscard]] Result<Cursor> parse_token(std::string_view token);

}  // namespace doze::commands
