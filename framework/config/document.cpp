// Reads an experiment file and what it extends.
#include <algorithm>
#include <base/files.hpp>
#include <config/experiment.hpp>
#include <config/merge.hpp>
#include <config/overrides.hpp>
#include <config/paths.hpp>
#include <config/toml.hpp>
#include <host/catalogue.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// The values of `extends`, a string or an array of strings.
std::vector<Value> extended_files(const Value& extends) {
  std::vector<Value> files;
  if (extends.get_if<std::string>()) files = {extends};
  if (const Array* array = extends.get_if<Array>()) files = *array;
  const bool strings = std::all_of(files.begin(), files.end(), [](const Value& file) { return file.get_if<std::string>(); });
  if (!strings || files.empty())
    throw usage_error(text(extends.origin().text(), ": extends must be a file's path or an array of them, not ", extends.toml()));
  return files;
}

/// The file that `value` names, with a path that reads well in messages.
fs::path extended_path(const Value& value) {
  const fs::path file = resolved_path(value);
  if (fs::is_regular_file(file))
    return fs::path(*value.get_if<std::string>()).is_absolute() ? file : file.lexically_proximate(fs::current_path());
  std::vector<std::string> neighbours;
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), ignored))
    if (entry.path().extension() == ".toml") neighbours.push_back(entry.path().filename());
  const std::string guess = nearest(file.filename().string(), neighbours);
  throw usage_error(text(value.origin().text(), ": extends ", value.toml(), ", but there is no file ", file.string()),
                    guess.empty() ? "paths in a file are relative to that file" : text("did you mean ", guess, "?"));
}

/// `file` laid over everything that it extends. `above` are the files that led here, for messages about cycles.
Table read_layers(const fs::path& file, std::vector<fs::path> above) {
  const fs::path identity = fs::weakly_canonical(file);
  Table layer = read_toml(file);
  const Value* extends = layer.find("extends");
  above.push_back(identity);
  Table result;
  if (extends) {
    for (const Value& value : extended_files(*extends)) {
      const fs::path next = extended_path(value);
      if (std::find(above.begin(), above.end(), fs::weakly_canonical(next)) != above.end()) {
        std::string chain;
        for (const auto& link : above) chain += link.filename().string() + " -> ";
        throw usage_error(text(value.origin().text(), ": extends goes in a circle: ", chain, next.filename().string()));
      }
      merge(result, read_layers(next, above));
    }
    layer.erase("extends");
  }
  expand_seed(layer);
  merge(result, layer);
  return result;
}

}  // namespace

ExperimentDocument read_experiment(const fs::path& file, const std::vector<std::string>& overrides) {
  if (!fs::is_regular_file(file))
    throw usage_error(text("there is no experiment file ", file.string()),
                      "give the path of a .toml file, for example experiments/quickstart.toml");
  ExperimentDocument document{file, read_layers(file, {}), parse_overrides(overrides)};
  merge(document.merged, document.overrides);
  return document;
}

std::vector<PluginDirectory> plugin_directories(const ExperimentDocument& document) {
  std::vector<PluginDirectory> result;
  const Value* section = document.merged.find("plugins");
  const Table* plugins = section ? section->get_if<Table>() : nullptr;
  if (section && !plugins)
    throw usage_error(section->origin().text() + ": plugins must be a table: [plugins] directories = [\"...\"]");
  const Value* directories = plugins ? plugins->find("directories") : nullptr;
  if (!directories) return result;
  const Array* array = directories->get_if<Array>();
  if (!array)
    throw usage_error(
        text(directories->origin().text(), ": plugins.directories must be an array of strings, not ", directories->toml()));
  for (const Value& element : *array) {
    if (!element.get_if<std::string>())
      throw usage_error(text(element.origin().text(), ": plugins.directories must hold strings, not ", element.toml()));
    result.push_back({resolved_path(element), element.origin().text()});
  }
  return result;
}

}  // namespace etude
