#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "core/model/time.hpp"

namespace doze::cli {

/// The one word for what a person stopped by a command: it stays so until they say otherwise.
constexpr std::string_view stopped_by_you = "stopped by you";

/// The contents of the daemon's answers as people read them. Members that are missing show as "-", so that a
/// daemon of another version can be read as well.

/// Of SYSTEM_STATUS.
[[nodiscard]] std::string status_text(const boost::json::object& content, core::WallTime now, bool color);

/// How precise the time until away is: a view that is redrawn each second can tell each of them.
enum class Countdown { in_words, by_the_second };

/// Parts of it: "You are active since 14:02, ..." on one line, a line for each hold, the registered resources after
/// their counts.
[[nodiscard]] std::string presence_text(const boost::json::object& content, core::WallTime now, bool color,
                                        Countdown countdown = Countdown::in_words);

/// What is wrong with the journal on disk, and what became of its files; empty on good days.
[[nodiscard]] std::string journal_text(const boost::json::object& content, bool color);

[[nodiscard]] std::string holds_text(const boost::json::object& content, core::WallTime now, bool color);
[[nodiscard]] std::string counts_text(const boost::json::object& content);
enum class Columns { all, few };  ///< Few: for 80 columns, with the size in the place of a state that says less.
[[nodiscard]] std::string resources_text(const boost::json::object& content, core::WallTime now, bool color,
                                         Columns columns = Columns::all);

/// Of LIST_ALL_SERVICES, AWS_EC2_LIST, AWS_ECS_LIST or AWS_EKS_LIST; `kind` is the word of a kind, or all.
[[nodiscard]] std::string list_text(const boost::json::object& content, std::string_view kind, bool color);

/// Of LIST_REGISTERED_SERVICES.
[[nodiscard]] std::string registered_text(const boost::json::object& content, bool color);

/// The lines of HISTORY, newest first, as lines with the newest last.
[[nodiscard]] std::string history_text(const boost::json::array& newest_first, core::WallTime now, bool color);

/// One event of EVENTS, as one line: "14:02:03 keyboard ×12".
[[nodiscard]] std::string event_text(const boost::json::object& event);

/// A line for each cause why lists of {region, kind} could not be read; empty where none has `error_member`.
[[nodiscard]] std::string unread_text(const boost::json::array& lists, std::string_view error_member, bool color);

}  // namespace doze::cli
