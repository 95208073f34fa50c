#include <base/text.hpp>
#include <config/canonical.hpp>
#include <config/toml.hpp>
#include <study/headlines.hpp>

namespace etude {
namespace {

/// Of the recorded experiment: what its [[metric]] with this id says, and its tokenizer.
std::string terms_of(const Table& experiment, const std::string& id) {
  std::string terms;
  if (const Value* tokenizer = experiment.find("tokenizer")) terms += canonical_json(*tokenizer);
  const Value* metrics = experiment.find("metric");
  const Array* choices = metrics ? metrics->get_if<Array>() : nullptr;
  if (!choices) return terms;
  for (const Value& choice : *choices) {
    const Table* options = choice.get_if<Table>();
    const Value* plugin = options ? options->find("plugin") : nullptr;
    if (plugin && *plugin == Value(id)) terms += canonical_json(choice);
  }
  return terms;
}

double low_of(const Scalar& scalar) { return scalar.low.value_or(scalar.value); }
double high_of(const Scalar& scalar) { return scalar.high.value_or(scalar.value); }

}  // namespace

Headlines headlines_of(const RunData& data) {
  Headlines headlines;
  const Table experiment = parse_toml(data.header.experiment_toml, "the recorded experiment");
  for (const auto& [id, result] : data.metrics) {
    const auto scalar = result.scalars.find(id);
    if (id != "perplexity" && scalar != result.scalars.end()) headlines[id] = {scalar->second, terms_of(experiment, id)};
  }
  return headlines;
}

std::string headline_text(const Scalar& scalar) {
  return scalar.is_share ? fixed(100 * scalar.value, 1) + " %" : fixed(scalar.value, 4);
}

std::string interval_text(const Scalar& scalar) {
  if (!scalar.low || !scalar.high) return "-";
  if (scalar.is_share) return text(fixed(100 * *scalar.low, 1), "-", fixed(100 * *scalar.high, 1));
  return text(fixed(*scalar.low, 4), "-", fixed(*scalar.high, 4));
}

bool beats(const Headline& one, const Headline& other) {
  if (one.terms != other.terms || one.scalar.lossy) return false;
  if (one.scalar.lower_is_better) return high_of(one.scalar) < low_of(other.scalar);
  return low_of(one.scalar) > high_of(other.scalar);
}

}  // namespace etude
