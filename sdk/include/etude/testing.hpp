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
struct Part;

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

/// sized() of an architecture: models within a tenth of the sizes asked for, valid options, the same ones each time, larger ones
/// for larger sizes; what is no shape stays as wanted; a size that cannot be had is an Error.
/// @param part   as registered: Registry registry; registry.add<Gru>("gru", "..."); registry.parts().front()
/// @param sizes  numbers of parameters that can be had in this context, each at least twice the one before; the models are built
BrokenPromises check_sizes(const Part& part, const ModelContext& context, const std::vector<double>& sizes);

}  // namespace testing
}  // namespace etude
