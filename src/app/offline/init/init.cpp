#include "app/offline/init/init.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

#include "app/offline/auth/auth.hpp"
#include "app/offline/doctor/finding.hpp"
#include "app/offline/init/aws.hpp"
#include "app/offline/init/questions.hpp"
#include "base/ownership.hpp"
#include "base/paths.hpp"
#include "base/secret.hpp"
#include "cli/client.hpp"
#include "cli/terminal.hpp"
#include "config/fields.hpp"
#include "config/store.hpp"
#include "core/model/kinds.hpp"

namespace doze::init {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* every_region = "all";

/// A setting to write.
struct Change {
    std::string_view key;
    config::Value value;
};

/// The current files. A broken one is an error at once, before any question.
template <class T>
Result<T> read_config(const std::filesystem::path& file, std::size_t limit,
                      Result<config::Loaded<T>> (*parse)(std::string_view text, std::string_view file)) {
    const auto text = read_own_file(file, limit);
    if (!text) return text.error();
    if (!*text) return T();
    auto loaded = parse(**text, file.string());
    if (!loaded) return loaded.error();
    return std::move(loaded->value);
}

class Conversation {
   public:
    Conversation(const cli::InitOptions& options, const cli::Console& console)
        : options_(options), console_(console), questions_(console) {}

    Result<void> run() {
        for (const auto step : {&Conversation::read_files, &Conversation::choose_profile,
                                &Conversation::find_credentials, &Conversation::choose_regions,
                                &Conversation::choose_resources, &Conversation::try_it, &Conversation::write}) {
            if (auto done = (this->*step)(); !done) return done.error();
            if (declined_) return {};
        }
        return {};
    }

   private:
    void say(const std::string& text) { console_.out << text << std::flush; }

    Result<void> read_files() {
        auto settings = read_config<config::Settings>(options_.config_dir / config::settings_name,
                                                      config::largest_settings, config::parse_settings);
        if (!settings) return settings.error();
        settings_ = std::move(*settings);
        auto services = read_config<config::Registrations>(options_.config_dir / config::services_name,
                                                           config::largest_services, config::parse_services);
        if (!services) return services.error();
        registrations_ = std::move(*services);
        say(fmt::format("This sets doze up, in {}. Nothing is written before you say so at the end.\n",
                        cli::clean(options_.config_dir.string())));
        return {};
    }

    // -- which credentials ------------------------------------------------------------------------------------------

    Result<void> choose_profile() {
        aws::Profiles profiles(console_.environment);
        const auto names = profiles.names();
        if (!names) return names.error();
        if (settings_.use_profile) profile_ = settings_.profile_name;
        if (names->empty() || (names->size() == 1 && names->front() == "default")) return {};
        const auto preferred = settings_.use_profile ? std::optional(settings_.profile_name) : profiles.named();
        say("\nProfiles of ~/.aws:\n");
        say("   0  none in particular: what `doze auth status` finds\n");
        for (std::size_t i = 0; i < names->size(); ++i)
            say(fmt::format("  {:>2}  {}\n", i + 1, cli::clean((*names)[i])));
        while (true) {
            const auto answer = questions_.ask("Which one shall doze use?", preferred.value_or("0"));
            if (!answer) return answer.error();
            if (*answer == "0") {
                profile_.clear();
                return {};
            }
            const auto chosen = parse_selection(*answer, *names);
            if (chosen && chosen->size() == 1) {
                profile_ = (*names)[chosen->front()];
                return {};
            }
            say(chosen ? "One of them, please.\n" : chosen.error().message + "\n");
        }
    }

    Result<void> open_aws() {
        auto aws = Aws::open(profile_, console_);
        if (!aws) return aws.error();
        aws_ = std::move(*aws);
        // The region to ask in: the profile's own is surely enabled, else one that is enabled by default.
        const auto found = aws_->default_region();
        if (!found) return found.error();
        home_ = *found ? (*found)->region : Region("us-east-1");
        home_is_known_ = found->has_value();
        return {};
    }

    Result<void> find_credentials() {
        while (true) {
            if (auto opened = open_aws(); !opened) return opened.error();
            auto identified = aws_->identify(home_);
            if (identified) {
                identified_ = std::move(*identified);
                say(fmt::format("\nAWS takes doze for {} (account {}), by the credentials of {}.\n",
                                cli::clean(identified_.identity.arn), identified_.identity.account,
                                cli::clean(identified_.origin)));
                return {};
            }
            say("\n" + cli::clean(identified.error().text()) + "\n");
            const auto set = questions_.confirm("Set a key pair now, as `doze auth set` does?", true);
            if (!set) return set.error();
            if (!*set) return identified.error();
            const auto code = auth::run({.action = cli::AuthOptions::Action::set,
                                         .profile = profile_,
                                         .json = false,
                                         .config_dir = options_.config_dir},
                                        console_);
            if (code != cli::success) say("That did not work out.\n");
        }
    }

    // -- which regions ----------------------------------------------------------------------------------------------

    /// The answer that Enter stands for.
    [[nodiscard]] std::string usual_regions(const Texts& names) const {
        const auto field = config::find_field("aws.regions");
        if (field && settings_.line(*field) > 0) {
            return fmt::format("{}", fmt::join(std::get<Texts>(settings_.value(*field)), " "));
        }
        if (home_is_known_ || names.empty()) return home_.str();
        return every_region;
    }

    Result<void> choose_regions() {
        auto enabled = aws_->list_regions(home_);
        Texts names;
        if (enabled) {
            for (const auto& region : *enabled) names.push_back(region.str());
            say("\nRegions that are enabled for the account:\n");
            for (std::size_t i = 0; i < names.size(); ++i) say(fmt::format("  {:>2}  {}\n", i + 1, names[i]));
        } else {
            say("\nThe regions could not be listed: " + cli::clean(enabled.error().text()) + "\n");
        }
        while (true) {
            const auto answer =
                questions_.ask("In which ones shall doze look (numbers, ranges, names or all)?", usual_regions(names));
            if (!answer) return answer.error();
            if (take_regions(*answer, names)) return {};
        }
    }

    /// False, after saying why, if the answer is invalid.
    bool take_regions(const std::string& answer, const Texts& names) {
        regions_.clear();
        region_texts_.clear();
        if (answer == every_region && !names.empty()) {
            region_texts_ = {every_region};
            for (const auto& name : names) regions_.emplace_back(name);
            return true;
        }
        if (!names.empty()) {
            const auto chosen = parse_selection(answer, names);
            if (!chosen) {
                say(cli::clean(chosen.error().message) + "\n");
                return false;
            }
            for (const auto index : *chosen) region_texts_.push_back(names[index]);
        } else {
            for (std::size_t at = 0; at < answer.size();) {
                const auto end = std::min(answer.find_first_of(" ,", at), answer.size());
                if (end > at) region_texts_.push_back(answer.substr(at, end - at));
                at = end + 1;
            }
        }
        for (const auto& text : region_texts_) {
            const auto region = parse_region(text);
            if (!region) {
                say(cli::clean(region.error().text()) + "\n");
                return false;
            }
            regions_.push_back(*region);
        }
        if (regions_.empty()) say("At least one, please.\n");
        return !regions_.empty();
    }

    // -- what to register -------------------------------------------------------------------------------------------

    Result<void> choose_resources() {
        Texts troubles;
        candidates_ = aws_->list(regions_, settings_.core.guards, troubles);
        for (auto& candidate : candidates_) {
            candidate.registered =
                std::ranges::any_of(registrations_, [&](const auto& one) { return one.id == candidate.seen.id; });
        }
        say("\n");
        for (const auto& trouble : troubles) say(cli::clean(trouble) + "\n");
        if (candidates_.empty()) {
            say("There is nothing that doze could put to sleep.\n");
            return {};
        }
        say(candidates_text(candidates_, options_.color));
        if (std::ranges::none_of(candidates_, &Candidate::selectable)) {
            say("Nothing more can be registered.\n");
            return {};
        }
        Texts names;
        for (const auto& candidate : candidates_) names.push_back(core::to_string(candidate.seen.id));
        while (true) {
            const auto answer = questions_.ask(
                "Which ones may doze put to sleep while you are away (numbers, ranges, all or none)?", "none");
            if (!answer) return answer.error();
            const auto chosen = parse_selection(*answer, names);
            if (!chosen) {
                say(cli::clean(chosen.error().message) + "\n");
            } else if (take_resources(*chosen, *answer == "all")) {
                return {};
            }
        }
    }

    /// False, after saying why, if a chosen one is guarded. "all" means those that are not.
    bool take_resources(const std::vector<std::size_t>& chosen, bool all) {
        chosen_.clear();
        for (const auto index : chosen) {
            const auto& candidate = candidates_[index];
            if (candidate.selectable()) {
                chosen_.push_back(candidate.seen.id);
            } else if (!all && candidate.seen.guard) {
                say(fmt::format("{} is never put to sleep: {}\n", core::to_string(candidate.seen.id),
                                cli::clean(candidate.seen.guard->why)));
                return false;
            }
        }
        return true;
    }

    Result<void> try_it() {
        if (chosen_.empty()) return {};
        std::vector<core::ResourceId> guarded;
        const auto& identity = identified_.identity;
        const auto findings = aws_->try_out(chosen_, identity.account, identity.arn, guarded);
        say("\nTried, without changing anything:\n" + doctor::report_text(findings, options_.color));
        for (const auto& id : guarded) {
            say(fmt::format("{} is left out, since it is guarded.\n", core::to_string(id)));
            std::erase(chosen_, id);
        }
        return {};
    }

    // -- the end ----------------------------------------------------------------------------------------------------

    [[nodiscard]] std::vector<Change> changes() const {
        const std::vector<Change> wanted{
            {"aws.regions", region_texts_},
            {"aws.credentials.use_profile", !profile_.empty()},
            {"aws.credentials.profile_name", profile_.empty() ? settings_.profile_name : profile_}};
        std::vector<Change> changes;
        for (const auto& change : wanted) {
            const auto field = config::find_field(change.key);
            if (field && settings_.value(*field) != change.value) changes.push_back(change);
        }
        return changes;
    }

    /// The last question. It repeats what a sleep destroys: the notes of the list may have scrolled away.
    [[nodiscard]] std::string question() const {
        Texts lost;
        for (const auto& id : chosen_)
            if (core::info(id.kind).sized) lost.push_back(core::to_string(id));
        if (lost.empty()) return "Write it?";
        constexpr std::size_t most = 8;
        const auto more = lost.size() - std::min(most, lost.size());
        lost.resize(lost.size() - more);
        return fmt::format("Write it? A sleep terminates the instances of {}{}, with what is on their disks.",
                           fmt::join(lost, ", "), more > 0 ? fmt::format(" and {} more", more) : "");
    }

    Result<void> write() {
        const auto changed = changes();
        say("\nTo be written:\n");
        for (const auto& [key, value] : changed)
            say(fmt::format("  {}: {} = {}\n", config::settings_name, key, config::to_json(value)));
        for (const auto& id : chosen_) say(fmt::format("  {}: {}\n", config::services_name, core::to_string(id)));
        if (changed.empty() && chosen_.empty()) say("  nothing but what is missing of the two files\n");
        const auto agreed = questions_.confirm(question(), false);
        if (!agreed) return agreed.error();
        if (!*agreed) {
            declined_ = true;
            say("Nothing was written.\n");
            return {};
        }
        auto store = config::Store::open(options_.config_dir);
        if (!store) return store.error();
        for (const auto& [key, value] : changed)
            if (auto written = store->set(key, value); !written) return written.error();
        for (const auto& id : chosen_) {
            auto added = store->add({.id = id});
            if (!added && added.error().code != ErrorCode::already_registered) return added.error();
        }
        say_what_comes_next();
        return {};
    }

    void say_what_comes_next() {
        if (cli::Client::connect(control_socket(options_.state_dir), {})) {
            say("\nWritten. doze runs, and goes by it from now on: `doze watch` shows what it does.\n");
            return;
        }
        say("\nWritten. What comes next:\n"
            "  doze run --dry-run    decides and shows everything, and changes nothing\n");
        say(fmt::format("  {:<20}  puts to sleep what is registered, while you are away\n", cli::start_command()));
        say("  doze watch            shows what it does\n"
            "  doze doctor           says what is wrong, if anything is\n");
    }

    const cli::InitOptions& options_;
    const cli::Console& console_;
    Questions questions_;
    config::Settings settings_;
    config::Registrations registrations_;
    std::string profile_;
    Region home_;
    bool home_is_known_ = false;
    std::unique_ptr<Aws> aws_;
    access::Identified identified_;
    Texts region_texts_;
    std::vector<Region> regions_;
    std::vector<Candidate> candidates_;
    std::vector<core::ResourceId> chosen_;
    bool declined_ = false;
};

}  // namespace

int run(const cli::InitOptions& options, const cli::Console& console) {
    // main() has replaced a closed standard input by a descriptor that can't be read.
    if (::read(STDIN_FILENO, nullptr, 0) < 0 && errno == EBADF) {
        console.err << "error: `doze init` asks questions, and its standard input is closed. Run it on a terminal, or "
                       "give it an answer on each line of its standard input.\n";
        return cli::failed;
    }
    keep_memory_private();
    std::signal(SIGPIPE, SIG_IGN);  // A peer that hangs up is an error of its connection.
    Conversation conversation(options, console);
    const auto done = conversation.run();
    if (done) return cli::success;
    console.err << "error: " << cli::clean(done.error().text()) << '\n';
    return cli::failed;
}

}  // namespace doze::init
