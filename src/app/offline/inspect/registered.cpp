// `doze config registered`.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <utility>

#include "app/offline/inspect/inspect.hpp"
#include "base/ownership.hpp"
#include "cli/pretty_json.hpp"
#include "cli/text.hpp"
#include "config/services.hpp"
#include "config/store.hpp"

namespace doze::inspect {
namespace {

Result<config::Registrations> read_registrations(const std::filesystem::path& file) {
    const auto text = read_own_file(file, config::largest_services);
    if (!text) return text.error();
    if (!*text) return config::Registrations();
    auto loaded = config::parse_services(**text, file.string());
    if (!loaded) return loaded.error();
    return std::move(loaded->value);
}

}  // namespace

int show_registered(const cli::InspectOptions& options, const cli::Console& console) {
    const auto registrations = read_registrations(options.config_dir / config::services_name);
    if (!registrations) {
        console.err << "error: " << cli::clean(registrations.error().text()) << '\n';
        return cli::failed;
    }
    boost::json::array ids;
    for (const auto& each : *registrations) {
        if (options.json)
            ids.emplace_back(core::to_string(each.id));
        else
            console.out << cli::clean(core::to_string(each.id)) << '\n';
    }
    if (options.json) console.out << cli::pretty(boost::json::object{{"registered", std::move(ids)}});
    return cli::success;
}

}  // namespace doze::inspect
