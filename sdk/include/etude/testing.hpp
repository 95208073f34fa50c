// Suites for authors of plugins: each tries a part against what its interface promises. Link the test to Etude::testing.
//
//   const auto broken = etude::testing::check_tokenizer([] { return std::make_shared<MyTokenizer>(MyOptions{}); }, {"X:1\n",
//   "CDEF|"}); for (const auto& sentence : broken) std::cerr << sentence << '\n';
//
// A suite returns the promises that are broken, a sentence each; nothing if all are kept. What a part throws where it must not is
// a broken promise too.
#pragma once

#include <etude/dataset.hpp>
#include <etude/tokenizer.hpp>
#include <functional>
#include <memory>

namespace etude {

class Architecture;
struct ModelContext;

namespace testing {

using BrokenPromises = std::vector<std::string>;

/// Defaults satisfy their own constraints, names are distinct and lower case, every option has help.
BrokenPromises check_options(const OptionTable& options);

/// Ids within the vocabulary, end of text never encoded, exact decoding as far as promised, save() and load(), concurrent
/// encoding.
/// @param make   a new object, always with the same options
/// @param texts  what it learns from; at least one, not empty
BrokenPromises check_tokenizer(const std::function<std::shared_ptr<Tokenizer>()>& make, const std::vector<std::string>& texts);

/// Distinct ids, UTF-8 texts, the same stream after rewind() and from another object, a fingerprint that stands still; variants
/// (those of transpositions(), else of a few) that have ids of their own and are the same from any thread.
/// @param make  a new object over the same sources, small enough to be read a few times; at least two documents
BrokenPromises check_dataset(const std::function<std::shared_ptr<Dataset>()>& make);

/// Shapes, causality, independent rows, decode() equal to forward(), refusal of bad tokens, counts and groups of parameters,
/// dropout that does not depend on how a batch is divided. Runs on the CPU; keep the model small.
/// @param context  vocab_size >= 4 and context_length >= 8
BrokenPromises check_architecture(const std::function<std::shared_ptr<Architecture>(const ModelContext&)>& make,
                                  const ModelContext& context);

}  // namespace testing
}  // namespace etude
