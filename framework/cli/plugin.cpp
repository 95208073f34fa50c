// etude plugin new|check: a plugin to begin from, and whether one keeps the promises of its interfaces.
#include <algorithm>
#include <array>
#include <base/files.hpp>
#include <base/scratch_folder.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/plugin_template.hpp>
#include <config/overrides.hpp>
#include <config/paths.hpp>
#include <host/loader.hpp>
#include <host/promises.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// Where the SDK that a plugin builds against lies, as far as the program can tell.
std::string prefix_text() {
  const fs::path prefix = program_path().parent_path().parent_path();
  return fs::exists(prefix / "lib/cmake/Etude/EtudeConfig.cmake") ? prefix.string() : "<where cmake --install put Etude>";
}

int new_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("name", po::value<std::string>()->required(), "")("output", po::value<std::string>()->value_name("DIR"),
                                                                          "the new folder (default: one with the plugin's name)");
  po::variables_map values;
  if (!parse_arguments(arguments, "plugin new NAME [options]",
                       "Writes a plugin to begin from: an architecture on a page of C++, and the four lines that build it.",
                       options, "name", values))
    return 0;
  const auto name = values["name"].as<std::string>();
  const auto files = plugin_template(name);
  const fs::path folder = values.count("output") ? values["output"].as<std::string>() : name;
  std::error_code failed;
  if (fs::exists(folder, failed))
    throw usage_error(text(folder.string(), " is there already"), "name another folder with --output, or move that one away");
  if (!fs::create_directories(folder, failed)) throw file_error("cannot make the folder", folder, failed.value());
  for (const auto& file : files) write_file(folder / file.name, file.content);

  const fs::path build = folder / "build";
  std::cout << "a plugin with the architecture " << name << " is in " << folder.string() << "; build it, try it, use it:\n"
            << "  cmake -S " << folder.string() << " -B " << build.string() << " -DCMAKE_PREFIX_PATH=" << prefix_text()
            << " && cmake --build " << build.string() << '\n'
            << "  etude plugin check " << (build / text("lib", name, ".so")).string() << '\n'
            << "  etude run EXPERIMENT.toml --plugin-dir " << build.string() << '\n';
  return 0;
}

PluginFile load(const fs::path& file) {
  try {
    return load_plugin(fs::absolute(file));
  } catch (const Error& error) {
    throw Error(text("cannot load plugin ", file.string(), ": ", error.message()), error.remedy(), error.fault());
  }
}

/// What --set gives each part, checked but for what is missing.
std::map<std::string, Table> given_options(const PluginFile& plugin, const Table& set) {
  std::map<std::string, Table> given;
  std::vector<Problem> problems;
  std::vector<std::string> ids;
  for (const auto& part : plugin.parts) ids.push_back(part.id);
  for (const Entry& entry : set) {
    const auto part =
        std::find_if(plugin.parts.begin(), plugin.parts.end(), [&](const Part& one) { return one.id == entry.key; });
    const Table* options = entry.value.get_if<Table>();
    if (part == plugin.parts.end() || !options) {
      const std::string guess = nearest(entry.key, ids);
      problems.push_back({entry.key_origin, text(plugin.id, " has no part ", entry.key),
                          text("write --set PART.OPTION=VALUE", guess.empty() ? "" : text("; did you mean ", guess, "?"))});
      continue;
    }
    for (auto& problem : part->options.check(*options, part->id, part->id))
      if (!problem.origin.source.empty()) problems.push_back(std::move(problem));
    given[part->id] = *options;
    resolve_paths(given[part->id], part->options);
  }
  throw_problems(problems);
  return given;
}

void print_text(const PluginFile& plugin, const std::vector<PartTrial>& trials) {
  std::cout << "plugin " << plugin.id << ' ' << plugin.version << ", " << plugin.file.string()
            << ": built as this program was, and registers " << counted(std::ssize(trials), "part") << '\n';
  for (const auto& trial : trials) {
    std::cout << name(trial.kind) << ' ' << trial.id << ": ";
    if (trial.broken.empty())
      std::cout << (trial.not_tried.empty() ? "keeps its promises" : "keeps those of its promises that were tried");
    else
      std::cout << "breaks " << counted(std::ssize(trial.broken), "promise");
    std::cout << '\n';
    for (const auto& promise : trial.broken) std::cout << "  broken: " << promise << '\n';
    for (const auto& reason : trial.not_tried) std::cout << "  not tried: " << reason << '\n';
  }
}

void print_json(const PluginFile& plugin, const std::vector<PartTrial>& trials) {
  nlohmann::ordered_json json{
      {"plugin", plugin.id}, {"version", plugin.version}, {"file", plugin.file.string()}, {"sha256", plugin.sha256}};
  json["parts"] = nlohmann::ordered_json::array();
  for (const auto& trial : trials)
    json["parts"].push_back(
        {{"kind", name(trial.kind)}, {"id", trial.id}, {"broken", trial.broken}, {"not_tried", trial.not_tried}});
  std::cout << json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << '\n';
}

int check_plugin_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("file", po::value<std::string>()->required(), "")(
      "set", po::value<std::vector<std::string>>()->value_name("PART.OPTION=VALUE")->composing(),
      "a value of a part's option, for example gru.hidden_size=32; may repeat")("json", "write JSON");
  po::variables_map values;
  if (!parse_arguments(arguments, "plugin check FILE [options]",
                       "Loads a plugin and tries each of its parts against the promises of its interface: shapes, causality and\n"
                       "decoding of architectures, round trips of tokenizers, streams of datasets. Exit code 1 if one is broken.",
                       options, "file", values))
    return 0;
  const PluginFile plugin = load(values["file"].as<std::string>());
  const auto given = given_options(plugin, parse_overrides(overrides(values)));
  const ScratchFolder scratch(fs::temp_directory_path());
  const auto trials = try_parts(plugin, given, scratch.folder());
  values.count("json") ? print_json(plugin, trials) : print_text(plugin, trials);
  return std::any_of(trials.begin(), trials.end(), [](const PartTrial& trial) { return !trial.broken.empty(); });
}

constexpr std::array commands{
    Command{"new", "write a plugin to begin from", new_command},
    Command{"check", "try a plugin against the promises of its interfaces", check_plugin_command},
};

}  // namespace

int plugin_command(const Arguments& arguments) { return run_group("plugin", "plugins of one's own", commands, arguments); }

}  // namespace etude
