#include <base/system.hpp>
#include <config/canonical.hpp>
#include <study/corpora.hpp>

namespace etude {

Corpora::Entry& Corpora::entry_of(const Experiment& experiment) {
  Table parts;
  for (const char* section : {"dataset", "filter", "duplicates", "split", "tokenizer"})
    parts.set(section, *experiment.resolved.find(section));
  return entries_[canonical_json(Value(std::move(parts)))];
}

PrepareOptions Corpora::options(const Experiment& experiment) const {
  const auto threads = experiment.training.threads;
  return {directory_, threads > 0 ? static_cast<int>(threads) : cpu_count()};
}

const Corpus& Corpora::prepared(const Experiment& experiment) {
  Entry& entry = entry_of(experiment);
  if (entry.failure) throw Error(*entry.failure);
  if (entry.corpus) return *entry.corpus;
  try {
    return entry.corpus.emplace(prepare_corpus(experiment, catalogue_, options(experiment)));
  } catch (const Error& error) {
    entry.failure = error;
    throw;
  }
}

const Corpus* Corpora::found(const Experiment& experiment) {
  Entry& entry = entry_of(experiment);
  try {
    if (!entry.corpus) entry.corpus = find_corpus(experiment, catalogue_, options(experiment));
  } catch (const Error&) {
    // Whoever wants to train on it is told.
  }
  return entry.corpus ? &*entry.corpus : nullptr;
}

}  // namespace etude
