#include "cli/commands.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <chrono>
#include <fmt/format.h>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "base/json.hpp"
#include "base/version.hpp"
#include "cli/client.hpp"
#include "cli/moments.hpp"
#include "cli/reply_text.hpp"
#include "cli/target.hpp"
#include "cli/terminal.hpp"
#include "cli/views.hpp"
#include "protocol/json_writer.hpp"

namespace doze::cli {
namespace {

namespace json = boost::json;

/// One run of a client command.
class Session {
   public:
    Session(const Arguments& arguments, const std::filesystem::path& socket, const Console& console)
        : arguments_(arguments), socket_(socket), console_(console), color_(wants_color(arguments, console)) {}

    int run() {
        if (arguments_.verb == Verb::version) return version();
        if (const int code = parse_targets(); code != success) return code;
        auto client = Client::connect(socket_, {.progress = [this](auto waited) { show_progress(waited); }});
        if (!client) {
            complain(client.error().text());
            return client.error().code == ErrorCode::not_found ? no_daemon : failed;
        }
        client_.emplace(std::move(*client));
        const auto code = carry_out();
        clear_progress();
        if (code) return *code;
        complain(code.error().text());
        return code.error().code == ErrorCode::bad_request ? usage : failed;
    }

   private:
    [[nodiscard]] static core::WallTime now() {
        return std::chrono::floor<core::Duration>(std::chrono::system_clock::now());
    }

    void complain(std::string_view sentence) {
        clear_progress();
        console_.err << "error: " << clean(sentence) << '\n';
    }

    void show_progress(std::chrono::seconds waited) {
        if (!console_.err_is_terminal) return;
        console_.err << fmt::format("\rWaiting for doze, {} s ...", waited.count()) << std::flush;
        shows_progress_ = true;
    }

    void clear_progress() {
        if (std::exchange(shows_progress_, false)) console_.err << "\r\x1b[K" << std::flush;  // ANSI "erase in line".
    }

    int version() {
        if (arguments_.json) {
            console_.out << pretty(json::object{{"version", doze::version()}});
        } else {
            console_.out << "doze " << doze::version() << '\n';
        }
        return success;
    }

    int parse_targets() {
        for (const auto& text : arguments_.targets) {
            auto target = arguments_.verb == Verb::scale ? parse_sized_target(text, arguments_.region)
                                                         : parse_target(text, arguments_.region);
            if (!target) {
                complain(target.error().text());
                return usage;
            }
            targets_.push_back(std::move(*target));
        }
        return success;
    }

    Result<int> carry_out() {
        switch (arguments_.verb) {
            case Verb::status: return status();
            case Verb::list: return list();
            case Verb::registered:
                return show("LIST_REGISTERED_SERVICES", {},
                            [this](const json::object& content) { return registered_text(content, color_); });
            case Verb::start: return power("START");
            case Verb::stop: return power("STOP");
            case Verb::scale: return power("SCALE");
            case Verb::add: return registration("REGISTER_SERVICE");
            case Verb::remove: return registration("UNREGISTER_SERVICE");
            case Verb::away: return show("AWAY", {}, said);
            case Verb::back: {
                // It has no reply. The PING's reply shows that the daemon has received both; it decides what the first
                // changes before it reads on.
                if (auto sent = client_->send("USER_ACTIVITY", {{"activity", "COMMAND_LINE"}}); !sent) {
                    return sent.error();
                }
                if (auto taken = client_->ask("PING"); !taken) return taken.error();
                return status();
            }
            case Verb::events: return events();
            case Verb::snooze: return snooze();
            case Verb::resume: return show("RESUME", {}, said);
            case Verb::history: return history();
            case Verb::targets: return print_targets();
            case Verb::run:
            case Verb::hold:
            case Verb::watch:
            case Verb::auth:
            case Verb::doctor:
            case Verb::iam_policy:
            case Verb::config:
            case Verb::init:
            case Verb::logs:
            case Verb::completion:
            case Verb::man:
            case Verb::version: break;
        }
        return int{success};
    }

    /// The daemon's message.
    static std::string said(const json::object& content) { return clean(shown_at(content, "message")) + "\n"; }

    /// Sends a request and prints the reply: unchanged for programs, formatted by `view` for people.
    template <class View>
    Result<int> show(std::string_view type, const json::object& content, View view) {
        const auto answer = client_->ask(type, content);
        if (!answer) return answer.error();
        return print(*answer, view);
    }

    template <class View>
    int print(const Answer& answer, View view) {
        clear_progress();
        if (arguments_.json) {
            console_.out << pretty(answer.content);
        } else if (!answer.refused) {
            console_.out << view(answer.content);
        }
        return judge(answer);
    }

    int judge(const Answer& answer, std::string_view about = {}) {
        if (!answer.refused) return success;
        complain(fmt::format("{}{}{} ({})", about, about.empty() ? "" : ": ", shown_at(answer.content, "message"),
                             shown_at(answer.content, "error")));
        return failed;
    }

    /// Prints events until the output or the daemon goes away. Ctrl-C simply ends the process.
    Result<int> events() {
        const auto answer = client_->ask("EVENTS");
        if (!answer) return answer.error();
        clear_progress();
        if (answer->refused) return judge(*answer);
        while (console_.out.flush()) {
            const auto line = client_->receive_line();
            if (!line) return line.error();
            if (arguments_.json) {
                console_.out << protocol::with_escapes(*line) << '\n';
                continue;
            }
            boost::system::error_code error;
            const auto event = json::parse(*line, error);
            if (!error) console_.out << event_text(as_object(event));
        }
        return int{success};
    }

    Result<int> snooze() {
        const auto until = parse_until(arguments_.words, now());
        if (!until) return until.error();
        if (*until - now() > std::chrono::hours(7 * 24) + std::chrono::minutes(1))
            return Error{.code = ErrorCode::bad_request,
                         .message = "A snooze lasts seven days at most.",
                         .next_step = "Say `doze snooze 7d`, and again then."};
        json::object content;
        if (const auto span = parse_span(arguments_.words.front()))
            content["minutes"] = floor<std::chrono::minutes>(*span).count();
        else
            content["until"] = floor<std::chrono::seconds>(*until).time_since_epoch().count();
        return show("SNOOZE", content, [](const json::object& answer) {
            const core::WallTime end(std::chrono::seconds(number_at(answer, "until").value_or(0)));
            return fmt::format("{} Until {}.\n", clean(shown_at(answer, "message")), local_time(end, now()));
        });
    }

    /// Requests page by page, since a reply has at most 1,000 lines.
    Result<int> history() {
        json::object content;
        if (!arguments_.since.empty()) {
            const auto span = parse_span(arguments_.since);
            if (!span) return span.error();
            content["since"] = floor<std::chrono::seconds>(now() - *span).time_since_epoch().count();
        }
        constexpr int page = 1000;
        json::array lines;
        auto left = arguments_.limit.value_or(arguments_.since.empty() ? 50 : std::numeric_limits<int>::max());
        while (left > 0) {
            content["limit"] = std::min(left, page);
            const auto answer = client_->ask("HISTORY", content);
            if (!answer) return answer.error();
            if (answer->refused) return judge(*answer);
            const auto& more = array_at(answer->content, "lines");
            lines.insert(lines.end(), more.begin(), more.end());
            left -= static_cast<int>(more.size());
            const auto before = number_at(answer->content, "before");
            if (!before || more.empty()) break;
            content["before"] = *before;
        }
        clear_progress();
        if (arguments_.json)
            console_.out << pretty(json::object{{"lines", std::move(lines)}});
        else
            console_.out << history_text(lines, now(), color_);
        return int{success};
    }

    /// One target per line, for the shells' completion.
    Result<int> print_targets() {
        const auto registered = client_->ask("LIST_REGISTERED_SERVICES");
        if (!registered) return registered.error();
        auto ids = resources_in(registered->content);
        if (arguments_.which == "unregistered") {
            // A completion must be fast, so an old list is good enough.
            const auto all = client_->ask("LIST_ALL_SERVICES", {{"max_age_seconds", 24 * 60 * 60}});
            if (!all) return all.error();
            const auto known = std::exchange(ids, resources_in(all->content));
            std::erase_if(ids, [&](const auto& id) { return std::ranges::find(known, id) != known.end(); });
        }
        for (const auto& id : ids) console_.out << clean(core::to_string(id)) << '\n';
        return int{success};
    }

    Result<int> status() {
        return show("SYSTEM_STATUS", {},
                    [this](const json::object& content) { return status_text(content, now(), color_); });
    }

    Result<int> list() {
        const auto* kind = core::find_kind(arguments_.kind);
        const auto type = kind ? fmt::format("AWS_{}_LIST", kind->command) : std::string("LIST_ALL_SERVICES");
        json::object content;
        if (!arguments_.region.empty()) content["region"] = arguments_.region;
        if (arguments_.fresh) content["max_age_seconds"] = 0;
        // For a region that is not configured, the reply says so and contains all others.
        const auto answer = client_->ask(type, content);
        if (!answer) return answer.error();
        for (const auto& value : array_at(answer->content, "errors")) {
            const auto& error = as_object(value);
            if (shown_at(error, "error") == "NOT_FOUND" && shown_at(error, "region") == arguments_.region)
                return judge({.refused = true, .content = error});
        }
        return print(*answer, [this](const json::object& list) { return list_text(list, arguments_.kind, color_); });
    }

    /// The targets with their regions. Missing regions are looked up among the registered resources, then among all,
    /// which may require asking AWS. For `register` (`are_registered` false) always among all, since it is about
    /// unregistered ones.
    Result<std::vector<core::ResourceId>> locate_all(bool are_registered = true) {
        std::vector<core::ResourceId> known;
        const auto is_found = [&](const Target& target) {
            return target.has_region() || (are_registered && locate(target, known));
        };
        for (const std::string_view type : {"LIST_REGISTERED_SERVICES", "LIST_ALL_SERVICES"}) {
            if (std::ranges::all_of(targets_, is_found)) break;
            const auto answer = client_->ask(type);
            if (!answer) return answer.error();
            std::ranges::move(resources_in(answer->content), std::back_inserter(known));
        }
        std::vector<core::ResourceId> ids;
        for (const auto& target : targets_) {
            auto id = locate(target, known);
            if (!id) return id.error();
            ids.push_back(std::move(*id));
        }
        return ids;
    }

    Result<int> registration(std::string_view type) {
        const auto ids = locate_all(type == "UNREGISTER_SERVICE");
        if (!ids) return ids.error();
        auto content = to_content(ids->front());
        if (!arguments_.description.empty()) content["description"] = arguments_.description;
        if (arguments_.desired_size) content["desired_size"] = *arguments_.desired_size;
        if (arguments_.force) content["force"] = true;
        if (arguments_.hibernate) content["hibernate"] = true;
        if (arguments_.busy_cpu_percent) content["busy_cpu_percent"] = *arguments_.busy_cpu_percent;
        if (!arguments_.profile.empty()) content["profile"] = arguments_.profile;
        return show(type, content, said);
    }

    /// Asks for confirmation about unregistered resources, if there is a terminal. False if the answer is no.
    Result<bool> confirm_strangers(const std::vector<core::ResourceId>& ids) {
        if (arguments_.yes || console_.answers == nullptr) return true;
        const auto answer = client_->ask("LIST_REGISTERED_SERVICES");
        if (!answer) return answer.error();
        clear_progress();
        auto known = resources_in(answer->content);
        const auto is_registered = [&](const core::ResourceId& id) {
            return std::ranges::any_of(known, [&](core::ResourceId other) {
                if (id.profile.str().empty()) other.profile = {};
                return other == id;
            });
        };
        for (const auto& id : ids) {
            if (is_registered(id)) continue;
            console_.err << fmt::format("{} is not registered, so doze leaves it alone by itself. {} it? [y/N] ",
                                        clean(core::to_string(id)), action_word())
                         << std::flush;
            std::string line;
            if (!std::getline(*console_.answers, line) || (line != "y" && line != "Y" && line != "yes")) {
                console_.err << "Nothing was done.\n";
                return false;
            }
        }
        return true;
    }

    [[nodiscard]] std::string_view action_word() const {
        return arguments_.verb == Verb::start ? "Start" : arguments_.verb == Verb::stop ? "Stop" : "Scale";
    }

    /// Sends all requests at once, since each may take minutes, and reports each as it completes.
    Result<int> power(std::string_view action) {
        const auto ids = locate_all();
        if (!ids) return ids.error();
        if (const auto agreed = confirm_strangers(*ids); !agreed)
            return agreed.error();
        else if (!*agreed)
            return int{failed};
        std::map<std::string, std::string> names;  // By request id.
        for (const auto& id : *ids) {
            auto content = to_content(id);
            content["action"] = action;
            if (arguments_.verb == Verb::scale) content["desired_size"] = arguments_.count;
            auto sent = client_->send("AWS_SERVICE_STATUS", content);
            if (!sent) return sent.error();
            names.emplace(std::move(*sent), core::to_string(id));
        }
        int code = success;
        json::array results;
        for (std::size_t i = 0; i < ids->size(); ++i) {
            auto answer = client_->receive();
            if (!answer) return answer.error();
            clear_progress();
            const auto& name = names[answer->id];
            code = std::max(code, judge(*answer, name));
            if (!arguments_.json && !answer->refused) console_.out << clean(name) << ": " << said(answer->content);
            answer->content["target"] = name;
            results.push_back(std::move(answer->content));
        }
        if (arguments_.json) console_.out << pretty(json::object{{"results", std::move(results)}});
        return code;
    }

    const Arguments& arguments_;
    const std::filesystem::path& socket_;
    const Console& console_;
    const bool color_;
    bool shows_progress_ = false;
    std::vector<Target> targets_;
    std::optional<Client> client_;
};

}  // namespace

bool wants_color(const Arguments& arguments, const Console& console) {
    if (arguments.color != ColorMode::automatic) return arguments.color == ColorMode::always;
    // https://no-color.org: any value but the empty one.
    return console.out_is_terminal && !console.environment("NO_COLOR");
}

int run_client(const Arguments& arguments, const std::filesystem::path& socket, const Console& console) {
    return Session(arguments, socket, console).run();
}

}  // namespace doze::cli
