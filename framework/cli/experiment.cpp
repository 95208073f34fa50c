#include <cli/experiment.hpp>

namespace etude {

LoadedExperiment load_experiment(const boost::program_options::variables_map& values) {
  const auto document = read_experiment(values["experiment"].as<std::string>(), overrides(values));
  auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), plugin_directories(document)));
  auto study = resolve_study(document, catalogue);
  return {std::move(catalogue), std::move(study)};
}

}  // namespace etude
