// Words that keep everything awake for a while, and what was done.
#include "cli/words.hpp"

namespace doze::cli {

void add_hold_words(Words& words) {
    words.begin_group("Keeping awake");
    auto* snooze = words.add(Verb::snooze, "snooze", "Put nothing to sleep for a while",
                             "  doze snooze 2h\n"
                             "  doze snooze 90m\n"
                             "  doze snooze until 18:00\n"
                             "  doze snooze until tomorrow 9:00\n"
                             "It survives a restart. `doze resume` and `doze away` end it.\n");
    snooze->add_option("TIME", words.given.words, "90m, 2h, 1h30m, 3d, until 18:00, until tomorrow 9:00")
        ->required()
        ->type_name("");
    words.add(Verb::resume, "resume", "End the snooze", "  doze resume\n");
    auto* hold = words.add(Verb::hold, "hold", "Put nothing to sleep while a command runs",
                           "  doze hold -- make -j8\n"
                           "  doze hold -- ssh build-box ./nightly.sh\n"
                           "Ends with the exit code of the command. Where doze is not running the command runs all the "
                           "same.\n");
    hold->add_option("COMMAND", words.given.words, "The command and its arguments, after --")
        ->required()
        ->type_name("");
    auto* history = words.add(Verb::history, "history", "Show what doze did and why",
                              "  doze history                 the newest 50 lines\n"
                              "  doze history --since 2d\n"
                              "  doze history --json | jq '.lines[] | select(.level == \"error\")'\n");
    history->add_option("--since", words.given.since, "Not older than this: 90m, 12h, 2d")->type_name("SPAN");
    history->add_option("--limit", words.given.limit, "The newest so many lines (50, or all since then with --since)")
        ->type_name("N")
        ->check(CLI::Range(1, 100'000).description(""));
}

}  // namespace doze::cli
