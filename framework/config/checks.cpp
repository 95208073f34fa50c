#include <algorithm>
#include <cmath>
#include <config/checks.hpp>

namespace etude {
namespace {

/// Collects problems of one section; each stands where the first of the keys that it concerns is given, else at the section.
class Section {
 public:
  Section(const Table& values, std::string name, std::vector<Problem>& problems)
      : value_(values.find(name)), name_(std::move(name)), problems_(problems) {}

  void require(bool holds, std::initializer_list<const char*> keys, const std::string& message, const std::string& remedy) {
    if (!holds) problems_.push_back({origin(keys), message, remedy});
  }

 private:
  Origin origin(std::initializer_list<const char*> keys) const {
    const Table* table = value_ ? value_->get_if<Table>() : nullptr;
    for (const char* key : keys)
      if (const Value* value = table ? table->find(key) : nullptr) return value->origin();
    return value_ ? value_->origin() : Origin{};
  }

  const Value* value_;
  std::string name_;
  std::vector<Problem>& problems_;
};

void check_split(const SplitOptions& split, Section section) {
  const double sum = split.train + split.validation + split.test;
  section.require(std::abs(sum - 1.0) <= 1e-9, {"train", "validation", "test"},
                  text("split.train + split.validation + split.test is ", Value(sum).toml(), ", and must be 1"),
                  text("the fractions are train = ", Value(split.train).toml(), ", validation = ", Value(split.validation).toml(),
                       ", test = ", Value(split.test).toml()));
  section.require(split.train > 0, {"train"}, "split.train is 0, so there is nothing to train on", "set it above 0");
  section.require(split.validation > 0, {"validation"}, "split.validation is 0, so no run could be judged", "set it above 0");
}

void check_budget(const TrainingOptions& training, Section& section) {
  const std::string remedy = "set one of training.tokens and training.steps above 0, and leave the other away or at 0";
  section.require(training.tokens > 0 || training.steps > 0, {}, "training has no budget", remedy);
  section.require(training.tokens == 0 || training.steps == 0, {"steps", "tokens"},
                  "training.tokens and training.steps are both set", remedy);
  section.require(
      training.batch_size % training.accumulate == 0, {"accumulate", "batch_size"},
      text("training.batch_size ", training.batch_size, " cannot be computed in ", training.accumulate, " equal parts"),
      "make training.accumulate a divisor of training.batch_size");
}

void check_schedule(const TrainingOptions& training, Section& section) {
  const std::int64_t steps = training.total_steps();
  section.require(training.warmup_steps <= steps, {"warmup_steps"},
                  text("training.warmup_steps ", training.warmup_steps, " is more than the ", steps, " steps of the budget"),
                  "shorten the warm-up, or train longer");
  section.require(training.schedule != "wsd" || training.warmup_steps <= training.stable_steps(), {"warmup_steps", "decay_share"},
                  text("training.warmup_steps ", training.warmup_steps, " is more than the ", training.stable_steps(),
                       " steps before the decay"),
                  "shorten the warm-up, lower training.decay_share, or train longer");
  section.require(training.schedule == "wsd" || training.decay_share == TrainingOptions{}.decay_share, {"decay_share"},
                  text("training.decay_share does nothing with training.schedule = \"", training.schedule, "\""),
                  "set training.schedule to wsd, or leave training.decay_share away");
  section.require(training.final_learning_rate <= training.learning_rate, {"final_learning_rate", "learning_rate"},
                  text("training.final_learning_rate ", Value(training.final_learning_rate).toml(),
                       " is above training.learning_rate ", Value(training.learning_rate).toml()),
                  "schedules go down");
  section.require(training.schedule != "constant" || training.final_learning_rate == 0, {"final_learning_rate"},
                  "training.final_learning_rate does nothing with training.schedule = \"constant\"",
                  "set training.schedule to linear, cosine or wsd, or training.final_learning_rate to 0");
}

void check_observation(const TrainingOptions& training, Section& section) {
  section.require(!training.keep_best || training.validate_every > 0, {"keep_best"},
                  "training.keep_best needs validations on the way, and training.validate_every is 0",
                  "set training.validate_every to a number of steps");
  section.require(training.sample_tokens == TrainingOptions{}.sample_tokens || training.sample_every > 0, {"sample_tokens"},
                  "training.sample_tokens does nothing while training.sample_every is 0",
                  "set training.sample_every to a number of steps");
  std::error_code ignored;
  section.require(training.init_from.empty() || std::filesystem::is_regular_file(training.init_from, ignored), {"init_from"},
                  text("training.init_from: there is no file ", training.init_from), "give the path of a .safetensors file");
}

void check_filter(const FilterOptions& filter, Section section) {
  section.require(
      filter.max_characters == 0 || filter.min_characters <= filter.max_characters, {"max_characters", "min_characters"},
      text("filter.min_characters ", filter.min_characters, " is above filter.max_characters ", filter.max_characters),
      "no document would be left");
}

void check_metrics(const std::vector<PluginChoice>& metrics, std::vector<Problem>& problems) {
  for (auto metric = metrics.begin(); metric != metrics.end(); ++metric)
    if (std::any_of(metrics.begin(), metric, [&](const PluginChoice& earlier) { return earlier.plugin == metric->plugin; }))
      problems.push_back({metric->origin, text("metric ", metric->plugin, " is listed twice"),
                          "results are recorded by the metric's id: keep one"});
}

}  // namespace

void cross_check(const Experiment& experiment, const Table& values, std::vector<Problem>& problems) {
  check_filter(experiment.filter, Section(values, "filter", problems));
  check_split(experiment.split, Section(values, "split", problems));
  Section training(values, "training", problems);
  check_budget(experiment.training, training);
  if (experiment.training.tokens > 0 || experiment.training.steps > 0) check_schedule(experiment.training, training);
  check_observation(experiment.training, training);
  check_metrics(experiment.metrics, problems);
}

}  // namespace etude
