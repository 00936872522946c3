#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/event.hpp"
#include "core/model/inventory.hpp"
#include "core/policy/holds.hpp"
#include "core/presence/presence.hpp"
#include "core/reconcile/describing.hpp"
#include "core/reconcile/resource_record.hpp"

namespace doze::core {

/// Everything that doze knows and intends. No clock, socket, file or random number in it.
struct State {
    Settings settings;
    Presence presence;
    Holds holds;
    Inventory inventory;

    /// The registered resources, and those no longer registered that doze still owes a wake.
    std::map<ResourceId, ResourceRecord> tracked;

    /// Goes up whenever a list of resources would read differently.
    std::uint64_t revision = 0;

    /// The files have been read once; nothing is decided before.
    bool configured = false;

    std::uint64_t seed = 0;                   ///< Random, and another one in each process: spreads the descriptions.
    std::uint64_t rounds = 0;                 ///< Of descriptions of everything tracked, so far.
    TimePoint next_round = TimePoint::min();  ///< When everything tracked is described next.
    std::map<DescribeGroup, DescribeBudget> describe_budgets;  ///< Of what is on its way.
    std::map<Inventory::Key, TimePoint> lists_out;             ///< Under way, and since when.

    struct WaitingList {
        RequestId request;
        std::vector<Inventory::Key> open;
    };
    std::vector<WaitingList> waiting_lists;

    /// The accounts that own the registered resources, as the journal has them.
    std::map<ResourceId, AccountId> accounts;

    /// Messages already announced of resources whose account is not that of the credentials in use.
    std::set<std::string> told_elsewhere;

    /// Registrations that wait for a description of their resource.
    std::map<RequestId, Registration> registering;

    struct Saving {
        Registration registration;
        bool remove = false;
        std::string note;  ///< What the reply adds.
        AccountId account = {};
        bool erases = false;  ///< Its sleep erases data, as the note says.
    };
    /// Registrations that wait for the file.
    std::map<RequestId, Saving> saving;

    Duration aws_ahead{};  ///< Now::aws_ahead of the last step.

    bool away = false;  ///< Presence::is_away() at the last step, to notice that the person came or went.
    bool held = false;  ///< Holds::is_on() at the last step, to notice that the holds ended.
    PresenceState saved_presence = PresenceState::unknown;
    bool warned = false;  ///< It was announced that the warning after a hold runs.
    HoldRecord saved_holds = {};
    bool told_blind = false;                       ///< Blindness was announced.
    bool told_doubt = false;                       ///< It was announced that the lock is taken for false.
    TimePoint listening_until = TimePoint::min();  ///< Listening::until; TimePoint::min() if that is over.
};

}  // namespace doze::core
