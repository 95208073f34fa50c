// What makes two runs the same run. See README.md in this folder.
#include <base/files.hpp>
#include <config/canonical.hpp>
#include <config/experiment.hpp>
#include <host/catalogue.hpp>

namespace etude {

Table values_that_matter(const Table& values, const OptionTable& options) {
  Table result;
  for (const OptionSpec& spec : options) {
    const Value* value = values.find(spec.name);
    if (!value || !spec.affects_result) continue;
    if (spec.nested) {
      Table inner = values_that_matter(*value->get_if<Table>(), *spec.nested);
      if (!inner.empty()) result.set(spec.name, Value(std::move(inner)));
    } else if (spec.is_required || canonical_json(*value) != canonical_json(spec.default_value)) {
      result.set(spec.name, *value);
    }
  }
  return result;
}

namespace {

Value identity(const PluginChoice& choice, Kind kind, const Catalogue& catalogue) {
  Table table = values_that_matter(choice.options, catalogue.find(kind, choice.plugin).options);
  table.set("plugin", Value(choice.plugin));
  return Value(std::move(table));
}

Value identity(const TrainingOptions& training) {
  Table table = values_that_matter(to_table(training), TrainingOptions::fields());
  // The weights matter, not where they lie.
  if (!training.init_from.empty()) table.set("init_from", Value("sha256:" + sha256_of_file(training.init_from)));
  return Value(std::move(table));
}

}  // namespace

std::string run_id(const Variant& variant, const std::string& corpus_fingerprint, const Catalogue& catalogue) {
  const Experiment& experiment = variant.experiment;
  Table values;
  values.set("corpus", Value(corpus_fingerprint));
  values.set("architecture", identity(experiment.architecture, Kind::architecture, catalogue));
  values.set("training", identity(experiment.training));
  Array metrics;
  for (const PluginChoice& metric : experiment.metrics) metrics.push_back(identity(metric, Kind::metric, catalogue));
  if (!metrics.empty()) values.set("metric", Value(std::move(metrics)));
  return variant.label + "-" + sha256(canonical_json(Value(std::move(values)))).substr(0, 8);
}

}  // namespace etude
