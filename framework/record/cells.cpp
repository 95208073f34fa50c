#include <config/canonical.hpp>
#include <config/experiment.hpp>
#include <config/toml.hpp>
#include <record/cells.hpp>
#include <record/recorded_text.hpp>

namespace etude {

std::string cell_of(const Table& experiment, const std::string& corpus_fingerprint) {
  Table cell;
  cell.set("corpus", Value(corpus_fingerprint));
  if (const Value* architecture = experiment.find("architecture")) cell.set("architecture", *architecture);
  const Value* training = experiment.find("training");
  if (const Table* values = training ? training->get_if<Table>() : nullptr) {
    Table but_seeds = *values;
    but_seeds.erase("seeds");
    cell.set("training", Value(values_that_matter(but_seeds, TrainingOptions::fields())));
  }
  return canonical_json(Value(std::move(cell)));
}

std::string cell_of(const RunHeader& header) {
  return cell_of(parse_toml(header.experiment_toml, "the recorded experiment"),
                 recorded_text(header.provenance, "corpus_fingerprint"));
}

}  // namespace etude
