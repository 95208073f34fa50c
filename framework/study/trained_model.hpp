// A finished or unfinished run's model, ready to be used.
#pragma once

#include <config/experiment.hpp>
#include <etude/tokenizer.hpp>
#include <host/catalogue.hpp>
#include <train/trainer.hpp>

namespace etude {

struct TrainedModel {
  Catalogue catalogue;
  Experiment experiment;
  std::shared_ptr<Tokenizer> tokenizer;
  ModelOnDevice on_device;
  std::vector<TokenId> separator;  ///< what sampling starts from
  std::int64_t step = 0;
};

/// Rebuilds the model of a run from the files in its directory alone.
/// @param checkpoint     "newest", "best", or a step's number
/// @param overrides      of training.device, training.threads and the like
/// @throws Error if the directory is no run, or has no such checkpoint
TrainedModel load_trained_model(const std::filesystem::path& run, const std::string& checkpoint,
                                const std::vector<std::filesystem::path>& plugin_dirs, const std::vector<std::string>& overrides);

}  // namespace etude
