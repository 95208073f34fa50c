// What is known of a corpus' texts before any tokenizer; the manifests of texts and tokens both hold it.
#pragma once

#include <array>
#include <corpus/corpus.hpp>
#include <corpus/histogram.hpp>
#include <nlohmann/json_fwd.hpp>

namespace etude {

struct TextTotals {
  std::int64_t documents = 0, characters = 0;
};

struct TextFacts {
  std::array<TextTotals, 3> splits;  ///< by Split; of originals
  TextTotals variants;
  std::map<std::string, std::int64_t> outcome_counts;  ///< of the dataset, of what was left out, and of the
                                                       ///< variants
  std::vector<CharacterCount> histogram;               ///< of all kept documents, without variants
  DuplicateFacts duplicates;
  std::vector<int> transpositions;
  std::string validation_text,
      test_text;  ///< SHA-256 of the texts in order, each after its length and a
                  ///< newline
};

nlohmann::ordered_json to_json(const TextFacts& facts);
/// @throws nlohmann::json::exception if something is missing
TextFacts text_facts_from(const nlohmann::ordered_json& json);

}  // namespace etude
