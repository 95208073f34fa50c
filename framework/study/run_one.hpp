// One run, from its experiment to its final measurements.
#pragma once

#include <config/experiment.hpp>
#include <corpus/corpus.hpp>
#include <evaluate/metric_view.hpp>
#include <filesystem>
#include <host/catalogue.hpp>
#include <record/run_record.hpp>
#include <string>
#include <study/branching.hpp>
#include <train/trainer.hpp>
#include <vector>

namespace etude {

/// What a run records about where it came from, beside what the experiment says.
struct RunContext {
  std::string study;
  std::vector<std::string> command_line;
  int jobs = 1;                     ///< runs of the study that go at the same time
  std::vector<Sibling> siblings{};  ///< siblings_of() the run: what it may begin from, and what may begin from it
};

/// Trains the run in `directory` (made if need be; resumed from its newest checkpoint, else begun from a sibling's), measures its
/// metrics, and marks it done. A run that fails is marked so, with the reason, and the error is thrown on; so is an interrupt.
/// @param title  of progress lines: "gpt-tiny (2 of 8)"
void run_one(const Variant& variant, const Catalogue& catalogue, const Corpus& corpus, const std::filesystem::path& directory,
             const RunContext& context, const std::string& title);

/// Runs every [[metric]] of the experiment on a model.
/// @param directories  where each metric gets a folder for its files, and each set of samples
std::map<std::string, MetricResult> measure_metrics(const Experiment& experiment, const Catalogue& catalogue,
                                                    const ModelOnDevice& model, const Corpus& corpus,
                                                    const RunView::Directories& directories);

}  // namespace etude
