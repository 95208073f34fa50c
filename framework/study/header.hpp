// What a run records before its first step.
#pragma once

#include <study/run_one.hpp>
#include <train/trainer.hpp>

namespace etude {

/// Configuration, provenance, sizes of the model and of the corpus.
RunHeader run_header(const Variant& variant, const Catalogue& catalogue, const Corpus& corpus, const ModelOnDevice& model,
                     const RunContext& context);

}  // namespace etude
