#include <c10/util/Exception.h>
#include <malloc.h>

#include <base/files.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <evaluate/metric_view.hpp>
#include <generate/generate.hpp>
#include <host/guard.hpp>
#include <study/header.hpp>
#include <study/run_one.hpp>
#include <train/device.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// What `etude sample` and `etude evaluate` rebuild the model from, whatever became of the experiment file.
void write_run_files(const Variant& variant, const Corpus& corpus, const fs::path& directory) {
  fs::create_directories(directory);
  write_file(directory / "experiment.toml", to_toml(variant.experiment.resolved));
  replace_file(directory / "tokenizer.json", [&](const fs::path& file) { corpus.tokenizer->save(file); });
}

/// Texts that were drawn before this run parted from its sibling belong to it too.
void write_samples(const RunData& data, const fs::path& directory) {
  for (const auto& sample : data.samples) write_training_sample(directory, sample);
}

/// Brings model and record to where training goes on: at the run's own newest checkpoint, at one of a sibling, or at the start.
RunRecord begin(Trainer& trainer, const fs::path& directory, const RunHeader& header, const TrainingOptions& training,
                const std::vector<Sibling>& siblings, const std::string& title) {
  const auto resumed_from = trainer.load_newest_checkpoint();
  if (resumed_from == 0)
    if (const auto point = begin_from_sibling(trainer, training, siblings, title)) {
      auto record = RunRecord::branch(directory, point->run, point->step, header);
      write_samples(record.data(), directory);
      return record;
    }
  if (resumed_from > 0) log_info(text(title, ": goes on after step ", resumed_from));
  if (fs::exists(directory / "journal.jsonl")) return RunRecord::resume(directory, resumed_from, header);
  return RunRecord::create(directory, header);
}

/// Calls `call`; what LibTorch or the standard library throws becomes an Error that names the run.
template <class Call>
void with_errors_named(const std::string& title, Call call) {
  try {
    call();
  } catch (const Error&) {
    throw;
  } catch (const c10::Error& error) {
    throw Error(text(title, ": ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    throw Error(text(title, ": ", error.what()));
  }
}

/// "32.1 k parameters, validated on 2,613 windows of 128 tokens (the whole split)".
std::string plan_text(const Experiment& experiment, const ModelOnDevice& model, const Corpus& corpus) {
  const auto plan = evaluation_options(experiment.training, model).plan;
  const auto counts = guarded(model.part, "parameter_counts", [&] { return model.model->parameter_counts(); });
  return text(count_text(static_cast<double>(counts.total())), " parameters on ", model.device.str(), ", validated on ",
              window_count(plan, corpus.validation.tokens.size()), " windows of ", plan.context_length, " tokens",
              plan.covers_split() ? " (the whole split)"
              : plan.stride > 0   ? text(" at stride ", plan.stride)
                                  : " spread over the split");
}

void train_and_measure(const Variant& variant, const Catalogue& catalogue, const Corpus& corpus, const fs::path& directory,
                       const RunContext& context, const std::string& title) {
  const auto& experiment = variant.experiment;
  set_threads(experiment.training.threads);
  // What an earlier run of this process freed must not count as this one's memory.
  malloc_trim(0);
  const auto device = choose_device(experiment.training.device);
  reset_device_peak_memory(device);

  const auto model = build_model(experiment, catalogue, corpus.tokenizer->vocab_size());
  log_info(text(title, ": ", plan_text(experiment, model, corpus)));
  Trainer trainer(experiment, model, corpus, directory);
  trainer.leave_checkpoints(decay_begins(experiment.training, context.siblings));
  auto record = begin(trainer, directory, run_header(variant, catalogue, corpus, model, context), experiment.training,
                      context.siblings, title);
  try {
    record.set_state("running");
    with_errors_named(title, [&] {
      trainer.train(record, title);
      for (const auto& [id, result] :
           measure_metrics(experiment, catalogue, model, corpus, {directory / "metrics", directory / "samples"}))
        record.add(id, result);
    });
    record.set_state("done");
    record.snapshot();
  } catch (const Error& error) {
    record.set_state(error.fault() == Fault::interrupted ? "interrupted" : "failed", error.what());
    record.snapshot();
    throw;
  }
}

}  // namespace

void run_one(const Variant& variant, const Catalogue& catalogue, const Corpus& corpus, const fs::path& directory,
             const RunContext& context, const std::string& title) {
  write_run_files(variant, corpus, directory);
  const LogFile log(directory / "log.txt");
  with_errors_named(title, [&] { train_and_measure(variant, catalogue, corpus, directory, context, title); });
}

std::map<std::string, MetricResult> measure_metrics(const Experiment& experiment, const Catalogue& catalogue,
                                                    const ModelOnDevice& model, const Corpus& corpus,
                                                    const RunView::Directories& directories) {
  const auto options = evaluation_options(experiment.training, model);
  Progress progress;
  const auto sampler = [&](const SampleRequest& request) {
    SamplingOptions sampling;
    sampling.bf16 = options.bf16;
    sampling.device = options.device;
    sampling.part = options.part;
    sampling.progress = [&](std::int64_t done, std::int64_t total) {
      if (progress.due())
        progress.update(
            text("drawing ", request.count, " texts: ", percent_text(static_cast<double>(done) / static_cast<double>(total))));
    };
    return generate(*model.model, *corpus.tokenizer, corpus.separator, request, sampling);
  };
  RunView view(*model.model, corpus, options, sampler, directories);
  std::map<std::string, MetricResult> results;
  for (const auto& choice : experiment.metrics) {
    view.begin_metric(choice.plugin);
    results[choice.plugin] = catalogue.make_metric(choice.plugin, choice.options)->evaluate(view);
  }
  return results;
}

}  // namespace etude
