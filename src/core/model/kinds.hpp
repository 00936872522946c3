#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/model/time.hpp"

namespace doze::core {

/// What can sleep. The numbers are those of kinds().
enum class Kind : std::uint8_t { ec2, ecs, eks, asg, rds, rds_cluster };

/// How many built-in ones there are.
inline constexpr std::size_t kind_count = static_cast<std::size_t>(Kind::rds_cluster) + 1;

/// The commands that switch one kind on and off.
struct Verbs {
    bool start = false;
    bool stop = false;
    bool scale = false;
};

/// All that doze knows of a kind besides its calls at AWS (adapters/aws/kinds, service.hpp there). Commands, lists,
/// REST and its document, services.yaml, command line and completion are made from this table.
struct KindInfo {
    Kind kind;
    std::string_view word;                   ///< In the log, the journal and on the command line: "ec2".
    std::string_view command;                ///< In text commands and messages: "EC2" of START_EC2 and `service_type`.
    std::string_view noun;                   ///< For people: "EC2 instance".
    std::string_view shown;                  ///< A list of them, for people: "The EC2 instances".
    std::string_view one;                    ///< One of them where the kind is clear, with its article: "an instance".
    std::string_view in_full;                ///< One of them where it is not: "an EC2 instance".
    std::string_view registry;               ///< The list of services.yaml and of LIST_REGISTERED_SERVICES.
    std::string_view inventory;              ///< The list of LIST_ALL_SERVICES.
    std::string_view array;                  ///< The list in a reply about this kind alone.
    std::string_view name_key;               ///< What services.yaml and messages call its name: "instance_id".
    std::string_view name_part;              ///< What text commands call it: "instance-id".
    std::string_view name_heading = "NAME";  ///< The head of its column in a list for people.

    /// How a name begins that tells the kind by itself: "i-"; mostly empty.
    std::string_view lone_name = {};
    bool unique_name = false;  ///< AWS gives it, and no two in the world have the same.
    char list_letter;          ///< Its lists in tokens of truncated replies: never change one. 'a' and 'r' are taken.
    Verbs verbs;               ///< Its text commands: START_EC2 and its like.
    bool in_cluster = false;   ///< Its name is one of a cluster (`cluster_name`).
    std::string_view grouped = {};  ///< The array of its items in a cluster of a list; empty where it is in none.
    bool sized = false;             ///< Has minimum, desired and maximum size, and can be scaled.
    bool loaded = false;            ///< Its CPU load can be asked for (`busy_cpu_percent`).
    bool hibernates = false;        ///< Can be registered to hibernate.
    bool stop_protection = false;   ///< May be protected from stops, which takes a call of its own to see.
    std::string_view members = {};  ///< What it is made of, in the plural: "tasks"; empty where it is one thing.

    /// An event of a change has the whole list, as the original's dashboard wants it; else what changed alone.
    bool whole_list_in_events = false;

    /// How many of one region (and cluster) one call at AWS describes.
    std::size_t described_at_once;

    /// What its sleep does to it: "would be ...".
    std::string_view sleep_outcome = "stopped";

    /// AWS's words for its state once it has accepted the call. Empty where a list waits for the next description.
    std::string_view state_after_sleep = {};
    std::string_view state_after_wake = {};

    /// What its sleep switches off of its automatic scaling: bits of Size::suspended.
    std::uint16_t suspends = 0;
    bool max_sleeps = false;  ///< Its sleep sets the maximum to 0, too; the minimum is 0 in every sleep.

    /// AWS starts it again by itself so long after it was stopped; 0: never.
    Duration restarts_after{0};

    /// What a person should know before it sleeps, as a sentence; mostly empty.
    std::string_view caution = {};

    /// The name, checked against AWS's rules for it; `bad_request` says what is wrong.
    Result<std::string> (*parse_name)(std::string_view text);

    /// What parse_name() takes as a pattern of ECMA 262, for documents.
    std::string_view name_pattern;

    /// An item of services.yaml, for its example: lines of YAML.
    std::string_view example;
};

/// In the order of Kind. Only a test has more of them than built_in_kinds(): it defines this function itself.
[[nodiscard]] std::span<const KindInfo> kinds();

[[nodiscard]] std::span<const KindInfo> built_in_kinds();

[[nodiscard]] const KindInfo& info(Kind kind);

/// "ec2", "rds-cluster".
[[nodiscard]] std::string_view to_string(Kind kind);

/// The kind whose `word` this is; null for none.
[[nodiscard]] const KindInfo* find_kind(std::string_view word);

/// "ec2, ecs, eks, ..." for messages.
[[nodiscard]] std::string kind_words();

/// The kinds that have a property, for messages: "EKS and ASG", or "All but EKS" where that is shorter.
[[nodiscard]] std::string commands_with(bool KindInfo::*property);

/// The same as "EKS node groups and Auto Scaling groups".
[[nodiscard]] std::string nouns_with(bool KindInfo::*property);

}  // namespace doze::core
