#include <malloc.h>

#include <algorithm>
#include <base/system.hpp>
#include <chrono>
#include <fstream>
#include <host/guard.hpp>
#include <optional>
#include <study/estimate.hpp>
#include <train/device.hpp>
#include <train/trainer.hpp>

namespace etude {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
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

/// The value at `rows` of the line through two measurements, never below the later one.
double follow(const Measurement& a, const Measurement& b, double Measurement::*value, double rows) {
  const double slope = std::max(0.0, (b.*value - a.*value) / static_cast<double>(b.rows - a.rows));
  return b.*value + slope * (rows - static_cast<double>(b.rows));
}

class Probe {
 public:
  Probe(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size, double seconds)
      : training_(experiment.training), vocab_size_(vocab_size), seconds_(seconds) {
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
    return cost;
  }

 private:
  /// From one row to as many as the batch has, or as time and memory allow.
  void measure_steps() {
    const auto begin = Clock::now();
    measured_.push_back(measure(1, 1, true));
    while (measured_.back().rows < full_rows_) {
      const double left = seconds_ - seconds_since(begin);
      const auto rows = next_rows(left);
      if (rows <= measured_.back().rows) return;
      try {
        measured_.push_back(measure(rows, left, rows == full_rows_));
      } catch (const c10::OutOfMemoryError&) {
        return;
      }
    }
  }

  /// How many rows can be measured next; no more than before if nothing more can.
  std::int64_t next_rows(double left) const {
    const Measurement& last = measured_.back();
    // At least a second size, since one point makes no line.
    const auto least = measured_.size() == 1 ? std::min<std::int64_t>(2, full_rows_) : last.rows;
    const double row_seconds = last.seconds / static_cast<double>(last.rows);
    const auto affordable = static_cast<std::int64_t>(std::max(0.0, left / (3 * row_seconds)));
    auto rows = std::min(full_rows_, std::max(least, affordable));
    if (rows < full_rows_ && rows < 2 * last.rows) rows = least;
    // Of one row's memory most is the model's: a line needs two measurements, until then double at most.
    if (measured_.size() == 1)
      return memory_allows(last.peak_memory * 2) ? std::min(rows, std::max(least, std::int64_t{8})) : last.rows;
    while (rows > last.rows &&
           !memory_allows(follow(measured_[measured_.size() - 2], last, &Measurement::peak_memory, static_cast<double>(rows))))
      rows /= 2;
    return rows;
  }

  bool memory_allows(double peak) const { return peak - measured_.back().peak_memory < 0.8 * available_memory(device_); }

  /// @param left  seconds that may be spent, at least one step is made
  Measurement measure(std::int64_t rows, double left, bool warm_up) {
    const auto windows = torch::randint(vocab_size_, {rows, training_.context_length + 1}, torch::kLong).to(device_);
    const auto begin = Clock::now();
    if (warm_up) time_step(windows);
    std::vector<double> times;
    do times.push_back(time_step(windows));
    while (times.size() < 20 && seconds_since(begin) + times.back() < left);
    return {rows, median(times), static_cast<double>(device_peak_memory(device_))};
  }

  double time_step(const torch::Tensor& windows) {
    const auto begin = Clock::now();
    // A rate that leaves the weights where they are: no measured step may run into infinities.
    step_->run(windows, ++steps_, 1e-12);
    synchronize();
    return seconds_since(begin);
  }

  double measure_evaluation(std::int64_t rows) {
    const torch::NoGradGuard no_grad;
    model_.model->eval();
    const auto options = evaluation_options(training_, model_);
    const auto windows = torch::randint(vocab_size_, {rows, training_.context_length + 1}, torch::kLong);
    std::vector<double> times;
    for (int i = 0; i < 4; ++i) {
      const auto begin = Clock::now();
      token_losses(*model_.model, windows, options);
      times.push_back(seconds_since(begin));
    }
    times.erase(times.begin());  // the first one finds its memory
    return median(times) / static_cast<double>(rows * training_.context_length);
  }

  void synchronize() const {
    if (device_.is_cuda()) torch::cuda::synchronize();
  }

  const TrainingOptions& training_;
  std::int64_t vocab_size_;
  double seconds_;
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

MeasuredCost measure_cost(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size, double seconds) {
  set_threads(experiment.training.threads);
  return Probe(experiment, catalogue, vocab_size, seconds).run();
}

std::int64_t validation_count(const TrainingOptions& training) {
  const auto steps = training.total_steps();
  if (training.validate_every == 0) return 1;
  return steps / training.validate_every + (steps % training.validate_every == 0 ? 0 : 1);
}

RunEstimate estimate_run(const TrainingOptions& training, const MeasuredCost& cost, const EvaluationWork& work) {
  RunEstimate estimate;
  estimate.training_seconds = static_cast<double>(training.total_steps()) * cost.step_seconds;
  estimate.validation_seconds =
      static_cast<double>(validation_count(training) * work.validation_tokens) * cost.evaluation_token_seconds;
  estimate.metric_seconds = static_cast<double>(work.metric_tokens) * cost.evaluation_token_seconds;
  return estimate;
}

}  // namespace etude
