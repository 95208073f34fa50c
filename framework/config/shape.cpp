#include <config/shape.hpp>
#include <host/sized.hpp>

namespace etude {
namespace {

/// Ids, as far as they are known before a corpus is prepared. @throws Error (usage) if they are not
std::int64_t vocabulary(const PluginChoice& tokenizer, const Catalogue& catalogue) {
  const auto size = catalogue.make_tokenizer(tokenizer.plugin, tokenizer.options)->vocab_size();
  if (size < 1)
    throw usage_error(text("architecture.parameters needs the size of the vocabulary, which tokenizer ", tokenizer.plugin,
                           " knows only once it has learned"),
                      "set the architecture's own options instead, or use a tokenizer whose vocab_size is given");
  return size;
}

}  // namespace

const Value* wanted_size(const Table& architecture, const Part& part) {
  return part.kind == Kind::architecture && !part.options.find("parameters") ? architecture.find("parameters") : nullptr;
}

double parameters_of(const Value& size) {
  double parameters = 0;
  if (!detail::convert(size, parameters) || !(parameters >= 1))
    throw usage_error(text("architecture.parameters must be a number of at least 1, not ", size.toml()),
                      "several sizes are an axis: axes.model = [ { family = \"gpt\", parameters = [1e5, 1e6] } ]");
  return parameters;
}

Table take_shape(Table& options, const Table& sized, const Table& given, const Value& size, std::vector<Problem>& problems) {
  Table shape;
  for (const Entry& entry : sized) {
    Value* present = options.find(entry.key);
    const bool chosen = !(*present == entry.value);
    if (chosen || entry.value.get_if<std::int64_t>()) shape.set(entry.key, entry.value);
    if (!chosen) continue;
    if (const Value* other = given.find(entry.key))
      problems.push_back({other->origin(),
                          text("architecture.", entry.key, " = ", other->toml(), " is given, but architecture.parameters = ",
                               size.toml(), " (", size.origin().text(), ") chooses ", entry.value.toml()),
                          "leave one of the two out: a size, or a shape"});
    *present = entry.value;
    present->set_origin(size.origin());
  }
  return shape;
}

void choose_shape(Experiment& experiment, const Catalogue& catalogue, const Table& given, std::vector<Problem>& problems) {
  PluginChoice& architecture = experiment.architecture;
  const Value* size = wanted_size(given, catalogue.find(Kind::architecture, architecture.plugin));
  if (!size) return;
  try {
    SizedShape shape{.parameters = parameters_of(*size), .options = {}};
    const auto vocab_size = vocabulary(experiment.tokenizer, catalogue);
    const Table sized = options_for_size(catalogue, architecture.plugin, architecture.options, vocab_size,
                                         experiment.training.context_length, shape.parameters);
    shape.options = take_shape(architecture.options, sized, given, *size, problems);
    experiment.sized = std::move(shape);
  } catch (const Error& error) {
    problems.push_back({size->origin(), error.message(), error.remedy()});
  }
}

}  // namespace etude
