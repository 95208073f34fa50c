#include <torch/torch.h>

#include <catch.hpp>
#include <study/estimate.hpp>
#include <study/sampling_cost.hpp>

#include "tiny_model.hpp"

using namespace etude;

namespace {

/// The time, which goes on by what SlowModel takes and by nothing else.
double seconds_gone = 0;

double now() { return seconds_gone; }

/// A model that takes a millisecond a row, whatever the machine.
class SlowModel final : public Architecture {
 public:
  explicit SlowModel(const ModelContext& context) : Architecture(context) {
    table = register_parameter("table", torch::zeros({context.vocab_size, context.vocab_size}));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    seconds_gone += 1e-3 * static_cast<double>(tokens.size(0));
    return torch::embedding(table, tokens);
  }

  torch::Tensor table;
};

Catalogue slow_catalogue() {
  PluginFile plugin;
  plugin.id = "etude.test";
  const ArchitectureFactory make = [](const Table&, const ModelContext& context) { return std::make_shared<SlowModel>(context); };
  plugin.parts = {{Kind::architecture, "slow", "A millisecond a row", NoOptions::fields(), make}};
  return Catalogue({plugin});
}

Experiment slow_experiment(std::int64_t batch_size, std::int64_t accumulate) {
  Experiment experiment;
  experiment.architecture.plugin = "slow";
  experiment.training.steps = 100;
  experiment.training.batch_size = batch_size;
  experiment.training.context_length = 8;
  experiment.training.accumulate = accumulate;
  experiment.training.device = "cpu";
  experiment.training.threads = 1;
  return experiment;
}

TrainingOptions validating(std::int64_t steps, std::int64_t every) {
  TrainingOptions training;
  training.steps = steps;
  training.validate_every = every;
  return training;
}

}  // namespace

TEST_CASE("A run validates as often as asked, and once at its end") {
  REQUIRE(validation_count(validating(10, 0)) == 1);
  REQUIRE(validation_count(validating(10, 5)) == 2);
  REQUIRE(validation_count(validating(10, 3)) == 4);
  REQUIRE(validation_count(validating(10, 20)) == 1);
}

TEST_CASE("A run's time is that of its steps, its validations and its metrics") {
  MeasuredCost cost;
  cost.step_seconds = 2;
  cost.evaluation_token_seconds = 0.25;
  const RunEstimate estimate = estimate_run(validating(10, 5), cost, {.validation_tokens = 8, .metric_tokens = 12});
  REQUIRE(estimate.training_seconds == 20);
  REQUIRE(estimate.validation_seconds == 4);
  REQUIRE(estimate.metric_seconds == 3);
  REQUIRE(estimate.total_seconds() == 27);
}

TEST_CASE("A run that begins from another's checkpoint takes the time of its own steps and validations") {
  MeasuredCost cost;
  cost.step_seconds = 2;
  cost.evaluation_token_seconds = 0.25;
  const RunEstimate estimate =
      estimate_run(validating(10, 3), cost, {.validation_tokens = 8, .metric_tokens = 12}, /*own_steps=*/4);
  REQUIRE(estimate.training_seconds == 8);
  REQUIRE(estimate.validation_seconds == 4);  // those of steps 9 and 10
  REQUIRE(estimate.metric_seconds == 3);
}

TEST_CASE("The texts that metrics draw count, batch by batch") {
  SampleRequest request;
  request.count = 33;
  request.new_tokens = 10;
  REQUIRE(sampling_steps(request) == 20);
  request.count = 32;
  REQUIRE(sampling_steps(request) == 10);
  MeasuredCost cost;
  cost.evaluation_token_seconds = 1;
  cost.sampling_step_seconds = 0.5;
  REQUIRE(estimate_run(validating(10, 5), cost, {.metric_tokens = 3, .sampling_steps = 20}).metric_seconds == 13);
}

TEST_CASE("A step of sampling costs what the model takes for its rows") {
  ModelOnDevice model;
  model.model = std::make_shared<SlowModel>(ModelContext{5, 8});
  model.part = "architecture slow";
  SampleRequest request;
  request.count = 500;
  request.new_tokens = 256;
  const double seconds = sampling_step_seconds(model, false, request, 0.2, now);
  REQUIRE(seconds == Approx(0.032));  // 32 rows, a millisecond each
}

TEST_CASE("What several metrics ask for counts once") {
  class Asks final : public Metric {
   public:
    MetricResult evaluate(MetricView&) override { return {}; }
    MetricNeeds needs() const override {
      SampleRequest request;
      request.count = 7;
      return {.losses = {Split::test}, .samples = {request}};
    }
  };
  PluginFile plugin;
  plugin.id = "etude.test";
  const MetricFactory make = [](const Table&) { return std::make_shared<Asks>(); };
  for (const char* id : {"one", "two"}) plugin.parts.push_back({Kind::metric, id, "Asks", NoOptions::fields(), make});
  Experiment experiment;
  experiment.metrics.resize(2);
  experiment.metrics[0].plugin = "one";
  experiment.metrics[1].plugin = "two";
  const MetricNeeds needs = metric_needs(experiment, Catalogue({plugin}));
  REQUIRE((needs.losses == std::vector<Split>{Split::test}));
  REQUIRE(needs.samples.size() == 1);
}

TEST_CASE("A step costs what it costs at the full batch, in however many parts") {
  const std::int64_t accumulate = GENERATE(1, 4);
  const MeasuredCost cost = measure_cost(slow_experiment(16, accumulate), slow_catalogue(), 5, 0.5, now);
  REQUIRE_FALSE(cost.extrapolated);
  REQUIRE(cost.step_seconds == Approx(0.016));
  REQUIRE(cost.evaluation_token_seconds == Approx(0.001 / 8));
  REQUIRE(cost.peak_memory > 1 << 20);
}

TEST_CASE("A step that is too long to be measured is told from smaller ones") {
  const MeasuredCost cost = measure_cost(slow_experiment(1000, 1), slow_catalogue(), 5, 0.1, now);
  REQUIRE(cost.extrapolated);
  REQUIRE(cost.step_seconds == Approx(1));
}

TEST_CASE("A model's size is told without training it") {
  const ModelSize size = model_size(slow_experiment(2, 1), slow_catalogue(), 7);
  REQUIRE(size.parameters.total() == 49);
}
