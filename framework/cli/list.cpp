// etude list: what was found, what is hidden, what was refused.
#include <base/table.hpp>
#include <cli/command.hpp>
#include <config/experiment.hpp>
#include <host/catalogue.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

// In the order in which a run needs them.
constexpr Kind kinds[] = {Kind::dataset, Kind::tokenizer, Kind::architecture, Kind::metric};

/// Calls `see` for each part that a run would get, by kind, in search order.
template <class See>
void for_each_part(const Catalogue& catalogue, See see) {
  for (const Kind kind : kinds)
    for (const auto& plugin : catalogue.plugins())
      for (const auto& part : plugin.parts)
        if (part.kind == kind && &catalogue.file_of(kind, part.id) == &plugin) see(part, plugin);
}

std::string to_json(const Catalogue& catalogue) {
  auto json = nlohmann::ordered_json::object();
  for (const char* key : {"directories", "parts", "shadowed", "rejected"}) json[key] = nlohmann::ordered_json::array();
  for (const auto& directory : catalogue.directories())
    json["directories"].push_back({{"path", directory.path.string()}, {"asked_by", directory.asked_by}});
  for_each_part(catalogue, [&](const Part& part, const PluginFile& plugin) {
    json["parts"].push_back({{"kind", name(part.kind)},
                             {"id", part.id},
                             {"description", part.description},
                             {"plugin", plugin.id},
                             {"version", plugin.version},
                             {"file", plugin.file.string()},
                             {"sha256", plugin.sha256}});
  });
  for (const auto& part : catalogue.shadowed())
    json["shadowed"].push_back(
        {{"kind", name(part.kind)}, {"id", part.id}, {"file", part.file.string()}, {"by", part.by.string()}});
  for (const auto& file : catalogue.rejected())
    json["rejected"].push_back({{"file", file.file.string()}, {"reason", file.reason}, {"remedy", file.remedy}});
  return json.dump(2);
}

void print_parts(const Catalogue& catalogue) {
  TextTable table({"kind", "id", "description", "plugin", "version", "file"});
  for_each_part(catalogue, [&](const Part& part, const PluginFile& plugin) {
    table.add({name(part.kind), part.id, part.description, plugin.id, plugin.version, plugin.file.string()});
  });
  if (!table.empty()) {
    std::cout << table.text();
    return;
  }
  std::cout << "no plugin found; searched:\n";
  for (const auto& directory : catalogue.directories())
    std::cout << "  " << directory.path.string() << " (" << directory.asked_by << ")\n";
}

void print_shadowed(const Catalogue& catalogue) {
  if (catalogue.shadowed().empty()) return;
  std::cout << "\nshadowed (an earlier folder has the same):\n";
  for (const auto& part : catalogue.shadowed())
    std::cout << "  " << name(part.kind) << ' ' << part.id << " of " << part.file.string() << ", by " << part.by.string() << '\n';
}

void print_rejected(const Catalogue& catalogue) {
  if (catalogue.rejected().empty()) return;
  std::cout << "\nrefused:\n";
  for (const auto& file : catalogue.rejected()) {
    const std::string whole = Error(text("cannot load plugin ", file.file.string(), ": ", file.reason), file.remedy).what();
    std::cout << "  ";
    for (const char c : whole) std::cout << c << (c == '\n' ? "  " : "");
    std::cout << '\n';
  }
}

}  // namespace

int list_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("experiment", po::value<std::string>(), "")(
      "plugin-dir", po::value<std::vector<std::string>>()->value_name("DIR")->composing(),
      "search this folder for plugins first; may repeat")("json", "write JSON");
  po::variables_map values;
  if (!parse_arguments(arguments, "list [EXPERIMENT.toml] [options]",
                       "Shows the plugins that were found, where, which are hidden by others, and which were refused and why.\n"
                       "With an experiment, the folders that it names are searched too.",
                       options, "experiment", values))
    return 0;
  std::vector<PluginDirectory> asked;
  if (values.count("experiment")) asked = plugin_directories(read_experiment(values["experiment"].as<std::string>(), {}));
  const auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), asked));
  if (values.count("json")) {
    std::cout << to_json(catalogue) << '\n';
    return 0;
  }
  print_parts(catalogue);
  print_shadowed(catalogue);
  print_rejected(catalogue);
  return 0;
}

}  // namespace etude
