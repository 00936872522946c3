#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "core/model/time.hpp"

namespace doze::cli {

/// The term for a resource that a person stopped by a command: it stays stopped until they say otherwise.
constexpr std::string_view stopped_by_you = "stopped by you";

/// The daemon's replies as text for people. Missing members show as "-", so replies of another version can be shown as
/// well.

/// Of a SYSTEM_STATUS reply.
[[nodiscard]] std::string status_text(const boost::json::object& content, core::WallTime now, bool color);

/// Precision of the time until away: only a view that is redrawn each second can show seconds.
enum class Countdown { in_words, by_the_second };

/// Parts of the status: "You are active since 14:02, ..." on one line; a line for each hold; counts and table of the
/// registered resources.
[[nodiscard]] std::string presence_text(const boost::json::object& content, core::WallTime now, bool color,
                                        Countdown countdown = Countdown::in_words);

/// Problems of the journal on disk, and what happened to its files; empty if all is well.
[[nodiscard]] std::string journal_text(const boost::json::object& content, bool color);

[[nodiscard]] std::string holds_text(const boost::json::object& content, core::WallTime now, bool color);
[[nodiscard]] std::string counts_text(const boost::json::object& content);
enum class Columns { all, few };  ///< Few: for 80 columns; the size replaces a less informative state.
[[nodiscard]] std::string resources_text(const boost::json::object& content, core::WallTime now, bool color,
                                         Columns columns = Columns::all);

/// Of a LIST_ALL_SERVICES, AWS_EC2_LIST, AWS_ECS_LIST or AWS_EKS_LIST reply; `kind` is a kind's word, or all.
[[nodiscard]] std::string list_text(const boost::json::object& content, std::string_view kind, bool color);

/// Of a LIST_REGISTERED_SERVICES reply.
[[nodiscard]] std::string registered_text(const boost::json::object& content, bool color);

/// The lines of HISTORY, which come newest first, printed with the newest last.
[[nodiscard]] std::string history_text(const boost::json::array& newest_first, core::WallTime now, bool color);

/// An event as one line: "14:02:03 keyboard ×12".
[[nodiscard]] std::string event_text(const boost::json::object& event);

/// A line for each reason why lists of {region, kind} could not be read; empty if none has `error_member`.
[[nodiscard]] std::string unread_text(const boost::json::array& lists, std::string_view error_member, bool color);

}  // namespace doze::cli
