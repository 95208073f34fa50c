#include <algorithm>
#include <base/text.hpp>
#include <cli/experiment.hpp>

namespace etude {

LoadedExperiment load_experiment(const boost::program_options::variables_map& values) {
  const auto document = read_experiment(values["experiment"].as<std::string>(), overrides(values));
  auto catalogue = Catalogue::load(plugin_search_path(plugin_dirs(values), plugin_directories(document)));
  auto study = resolve_study(document, catalogue);
  return {std::move(catalogue), std::move(study)};
}

std::vector<UsedPart> used_parts(const Study& study) {
  std::vector<UsedPart> parts;
  const auto add = [&](Kind kind, const std::string& id) {
    if (std::find(parts.begin(), parts.end(), UsedPart{kind, id}) == parts.end()) parts.push_back({kind, id});
  };
  for (const Variant& variant : study.variants) {
    add(Kind::dataset, variant.experiment.dataset.plugin);
    add(Kind::tokenizer, variant.experiment.tokenizer.plugin);
    add(Kind::architecture, variant.experiment.architecture.plugin);
    for (const PluginChoice& metric : variant.experiment.metrics) add(Kind::metric, metric.plugin);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const UsedPart& a, const UsedPart& b) { return a.kind < b.kind; });
  return parts;
}

std::string shape_text(const SizedShape& shape) {
  std::string out;
  for (const Entry& entry : shape.options) out += text(out.empty() ? "" : ", ", entry.key, " ", entry.value.toml());
  return out;
}

std::vector<std::string> chosen_shapes(const Study& study) {
  std::vector<std::string> lines;
  for (const Variant& variant : study.variants) {
    if (!variant.experiment.sized) continue;
    const SizedShape& shape = *variant.experiment.sized;
    std::string line = text(variant.experiment.architecture.plugin, " with about ", count_text(shape.parameters),
                            " parameters: ", shape_text(shape));
    if (std::find(lines.begin(), lines.end(), line) == lines.end()) lines.push_back(std::move(line));
  }
  return lines;
}

}  // namespace etude
