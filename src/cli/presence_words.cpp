// Words about the person: whether they are there, and what doze does about it.
#include "cli/words.hpp"

namespace doze::cli {

void add_presence_words(Words& words) {
    words.begin_group("You and doze");
    words.add(Verb::status, "status", "Show presence, signal sources and registered resources",
              "  doze status\n"
              "  doze status --json | jq .presence.state\n");
    words.add(Verb::watch, "watch", "Show all of that on the whole terminal, as it changes",
              "  doze watch               q or Ctrl-C leaves\n");
    words.add(Verb::away, "away", "Leave now: put everything registered to sleep without waiting", "  doze away\n");
    words.add(Verb::back, "back", "Be back: counts as a sign of life, then shows the status", "  doze back\n");
    words.add(Verb::events, "events", "Show signs of life as they come, and the countdown to away, until Ctrl-C",
              "  doze events              14:02:03 keyboard ×12\n"
              "  doze events --json       one JSON message per line (docs/protocol.md, \"Events\")\n");
}

}  // namespace doze::cli
