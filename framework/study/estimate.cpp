#include <malloc.h>

#include <algorithm>
#include <base/system.hpp>
#include <fstream>
#include <host/guard.hpp>
#include <optional>
#include <study/estimate.hpp>
#include <study/sampling_cost.hpp>
#include <train/device.hpp>
#include <train/trainer.hpp>

namespace etude {
namespace {

/// What a step takes unless others get in its way: the lower quartile.
double undisturbed(std::vector<double> times) {
  const auto quarter = times.begin() + static_cast<std::ptrdiff_t>((times.size() - 1) / 4);
  std::nth_element(times.begin(), quarter, times.end());
  return *quarter;
}

/// Bytes that can still be had without swapping; a GPU's are not asked for, running out of them is an exception there.
double available_memory(torch::Device device) {
  std::ifstream in("/proc/meminfo");
  for (std::string key, unit, rest; in >> key;) {
    double kilobytes = 0;
    in >> kilobytes;
    std::getline(in, rest);
    if (device.is_cpu() && key == "MemAvailable:") return kilobytes * 1024;
  }
  return std::numeric_limits<double>::infinity();
}

/// What `rows` rows at a time cost.
struct Measurement {
  std::int64_t rows;
  double seconds;
  double peak_memory;
};

/// The value at `rows`, more than were measured, on the line through two measurements. Costs have a part that does not grow with
/// the rows, so that the truth lies below proportion; noise must not lead above.
double follow(const Measurement& a, const Measurement& b, double Measurement::*value, double rows) {
  const auto last_rows = static_cast<double>(b.rows);
  const double slope = std::max(0.0, (b.*value - a.*value) / (last_rows - static_cast<double>(a.rows)));
  return std::min(b.*value + slope * (rows - last_rows), b.*value * rows / last_rows);
}

class Probe {
 public:
  Probe(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size, double seconds, const Clock& now)
      : training_(experiment.training),
        needs_(metric_needs(experiment, catalogue)),
        vocab_size_(vocab_size),
        seconds_(seconds),
        now_(now) {
    malloc_trim(0);
    device_ = choose_device(training_.device);
    reset_device_peak_memory(device_);
    model_ = build_model(experiment, catalogue, vocab_size);
    StepOptions options = step_options(training_);
    options.accumulate = 1;
    step_.emplace(model_.model, model_.part, options);
    full_rows_ = training_.batch_size / training_.accumulate;
  }

  MeasuredCost run() {
    measure_steps();
    MeasuredCost cost;
    const Measurement& last = measured_.back();
    cost.extrapolated = last.rows < full_rows_;
    cost.step_seconds = last.seconds;
    cost.peak_memory = static_cast<std::int64_t>(last.peak_memory);
    if (measured_.size() > 1) {
      const Measurement& before = measured_[measured_.size() - 2];
      // A step computes all rows of the batch, but holds those of one part at a time.
      cost.step_seconds = follow(before, last, &Measurement::seconds, static_cast<double>(training_.batch_size));
      cost.peak_memory =
          static_cast<std::int64_t>(follow(before, last, &Measurement::peak_memory, static_cast<double>(full_rows_)));
    } else {
      cost.step_seconds *= static_cast<double>(training_.accumulate);
    }
    cost.evaluation_token_seconds = measure_evaluation(last.rows);
    cost.sampling_step_seconds = measure_sampling();
    return cost;
  }

 private:
  /// From one row to as many as the batch has, or as time and memory allow.
  void measure_steps() {
    const double begin = now_();
    measured_.push_back(measure(1, seconds_ / 6));
    while (measured_.back().rows < full_rows_) {
      const double left = seconds_ - (now_() - begin);
      const auto rows = next_rows(left);
      if (rows <= measured_.back().rows) return;
      try {
        measured_.push_back(measure(rows, rows == full_rows_ ? left : left / 4));
      } catch (const Error&) {
        return;  // fewer rows could be computed: memory has run out
      } catch (const c10::OutOfMemoryError&) {
        return;
      }
    }
  }

  /// How many rows to measure next; no more than before if time or memory end here.
  std::int64_t next_rows(double left) const {
    const Measurement& last = measured_.back();
    if (measured_.size() == 1) {
      // A line needs a second size, some way from the first: four rows at least, whatever they take.
      if (!memory_allows(2 * last.peak_memory)) return last.rows;
      const auto affordable = static_cast<std::int64_t>(left / (2 * last.seconds));
      return std::min(full_rows_, std::clamp<std::int64_t>(affordable, 4, 8));
    }
    const Measurement& before = measured_[measured_.size() - 2];
    const auto fits = [&](std::int64_t rows) {
      const auto count = static_cast<double>(rows);
      return follow(before, last, &Measurement::seconds, count) < left &&
             memory_allows(follow(before, last, &Measurement::peak_memory, count));
    };
    for (auto rows = full_rows_; rows == full_rows_ || rows >= 2 * last.rows; rows /= 2)
      if (fits(rows)) return rows;
    return last.rows;
  }

  bool memory_allows(double peak) const { return peak - measured_.back().peak_memory < 0.8 * available_memory(device_); }

  /// @param left  seconds that may be spent; one step is made anyhow, and one before it that is not counted if that is cheap
  Measurement measure(std::int64_t rows, double left) {
    const auto windows = torch::randint(vocab_size_, {rows, training_.context_length + 1}, torch::kLong).to(device_);
    const double begin = now_();
    const bool cheap = measured_.empty() || expected_seconds(rows) < left / 2;
    if (cheap) time_step(windows);
    std::vector<double> times;
    do times.push_back(time_step(windows));
    while (times.size() < 20 && now_() - begin + times.back() < left);
    return {rows, undisturbed(times), static_cast<double>(device_peak_memory(device_))};
  }

  double expected_seconds(std::int64_t rows) const {
    return measured_.back().seconds * static_cast<double>(rows) / static_cast<double>(measured_.back().rows);
  }

  double time_step(const torch::Tensor& windows) {
    const double begin = now_();
    // A rate that leaves the weights where they are: no measured step may run into infinities.
    step_->run(windows, ++steps_, 1e-12);
    synchronize();
    return now_() - begin;
  }

  double measure_evaluation(std::int64_t rows) {
    const torch::NoGradGuard no_grad;
    model_.model->eval();
    const auto options = evaluation_options(training_, model_);
    const auto windows = torch::randint(vocab_size_, {rows, training_.context_length + 1}, torch::kLong);
    std::vector<double> times;
    const double start = now_();
    while (times.size() < 3 || (times.size() < 8 && now_() - start < seconds_ / 8)) {
      const double begin = now_();
      token_losses(*model_.model, windows, options);
      times.push_back(now_() - begin);
    }
    times.erase(times.begin());  // the first one finds its memory
    return undisturbed(times) / static_cast<double>(rows * training_.context_length);
  }

  /// Of several sets of texts, the longest: the others cost less a step.
  double measure_sampling() {
    if (needs_.samples.empty()) return 0;
    const auto longest = std::max_element(needs_.samples.begin(), needs_.samples.end(),
                                          [](const auto& a, const auto& b) { return a.new_tokens < b.new_tokens; });
    return sampling_step_seconds(model_, training_.precision == "bf16", *longest, seconds_ / 8, now_);
  }

  void synchronize() const {
    if (device_.is_cuda()) torch::cuda::synchronize();
  }

  const TrainingOptions& training_;
  MetricNeeds needs_;
  std::int64_t vocab_size_;
  double seconds_;
  const Clock& now_;
  torch::Device device_ = torch::kCPU;
  ModelOnDevice model_;
  std::optional<TrainStep> step_;
  std::int64_t full_rows_ = 1;  ///< computed at a time
  std::int64_t steps_ = 0;
  std::vector<Measurement> measured_;
};

}  // namespace

ModelSize model_size(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size) {
  const ModelContext context{vocab_size, experiment.training.context_length};
  const auto model = catalogue.make_architecture(experiment.architecture.plugin, experiment.architecture.options, context);
  const std::string part = "architecture " + experiment.architecture.plugin;
  return {guarded(part, "parameter_counts", [&] { return model->parameter_counts(); }),
          guarded(part, "forward_flops_per_token", [&] { return model->forward_flops_per_token(); })};
}

MeasuredCost measure_cost(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size, double seconds,
                          const Clock& now) {
  set_threads(experiment.training.threads);
  return Probe(experiment, catalogue, vocab_size, seconds, now).run();
}

MetricNeeds metric_needs(const Experiment& experiment, const Catalogue& catalogue) {
  MetricNeeds all;
  const auto add = [](auto& known, const auto& more) {
    for (const auto& one : more)
      if (std::find(known.begin(), known.end(), one) == known.end()) known.push_back(one);
  };
  for (const auto& choice : experiment.metrics) {
    const auto needs = catalogue.make_metric(choice.plugin, choice.options)->needs();
    add(all.losses, needs.losses);
    add(all.samples, needs.samples);
  }
  return all;
}

std::int64_t validation_count(const TrainingOptions& training) {
  const auto steps = training.total_steps();
  if (training.validate_every == 0) return 1;
  return steps / training.validate_every + (steps % training.validate_every == 0 ? 0 : 1);
}

RunEstimate estimate_run(const TrainingOptions& training, const MeasuredCost& cost, const EvaluationWork& work,
                         std::optional<std::int64_t> own_steps) {
  RunEstimate estimate;
  const auto steps = own_steps.value_or(training.total_steps());
  estimate.training_seconds = static_cast<double>(steps) * cost.step_seconds;
  const auto validated_by_others = training.validate_every == 0 ? 0 : (training.total_steps() - steps) / training.validate_every;
  estimate.validation_seconds = static_cast<double>((validation_count(training) - validated_by_others) * work.validation_tokens) *
                                cost.evaluation_token_seconds;
  estimate.metric_seconds = static_cast<double>(work.metric_tokens) * cost.evaluation_token_seconds +
                            static_cast<double>(work.sampling_steps) * cost.sampling_step_seconds;
  return estimate;
}

}  // namespace etude
