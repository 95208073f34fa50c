#include <base/clock.hpp>
#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/random.hpp>
#include <generate/generate.hpp>
#include <host/catalogue.hpp>
#include <host/guard.hpp>
#include <train/device.hpp>
#include <train/trainer.hpp>

namespace etude {
namespace {

Schedule schedule_of(const TrainingOptions& training) {
  return {training.schedule,     training.learning_rate, training.final_learning_rate,
          training.warmup_steps, training.total_steps(), training.stable_steps()};
}

}  // namespace

StepOptions step_options(const TrainingOptions& training) {
  StepOptions options;
  options.accumulate = training.accumulate;
  options.clip_norm = training.clip_norm;
  options.bf16 = training.precision == "bf16";
  options.dropout_seed = static_cast<std::uint64_t>(training.seeds.dropout);
  options.adamw = {training.beta1, training.beta2, training.epsilon, training.weight_decay, training.decay_groups == "all"};
  return options;
}

ModelOnDevice build_model(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size) {
  ModelOnDevice built;
  built.device = choose_device(experiment.training.device);
  built.part = "architecture " + experiment.architecture.plugin;
  ModelContext context;
  context.vocab_size = vocab_size;
  context.context_length = experiment.training.context_length;
  // Weights are drawn on the CPU whatever the device, so that they are the same everywhere.
  torch::manual_seed(
      random_bits(static_cast<std::uint64_t>(experiment.training.seeds.initialisation), Purpose::initialisation, 0, 0));
  built.model = catalogue.make_architecture(experiment.architecture.plugin, experiment.architecture.options, context);
  if (!experiment.training.init_from.empty()) load_weights(experiment.training.init_from, *built.model);
  built.model->to(built.device);
  return built;
}

EvaluationOptions evaluation_options(const TrainingOptions& training, const ModelOnDevice& model) {
  EvaluationOptions options;
  options.plan = {training.context_length, training.validation_stride, training.validation_windows};
  options.batch_size = std::max<std::int64_t>(1, training.batch_size / training.accumulate);
  options.bf16 = training.precision == "bf16";
  options.device = model.device;
  options.part = model.part;
  return options;
}

void write_training_sample(const std::filesystem::path& run, const Sample& sample) {
  std::filesystem::create_directories(run / "samples");
  write_file(run / "samples" / text("step-", sample.step, ".abc"), sample.text + "\n");
}

Trainer::Trainer(const Experiment& experiment, const ModelOnDevice& model, const Corpus& corpus,
                 std::filesystem::path run_directory)
    : experiment_(experiment),
      training_(experiment.training),
      model_(model),
      corpus_(corpus),
      directory_(std::move(run_directory)),
      total_steps_(training_.total_steps()),
      schedule_(schedule_of(training_)),
      batches_(corpus.train.tokens, static_cast<std::uint64_t>(training_.seeds.data), training_.batch_size,
               training_.context_length),
      step_(model.model, model.part, step_options(training_)),
      checkpoints_(directory_ / "checkpoints"),
      last_validation_(std::nan("")) {
  leave_checkpoints({});
}

std::int64_t Trainer::load_newest_checkpoint() {
  checkpoints_.remove_unfinished();
  const auto state = checkpoints_.newest();
  if (!state) return 0;
  load(checkpoints_, *state);
  return state->step;
}

void Trainer::begin_from(const Checkpoints& others, std::int64_t step) {
  const auto state = others.at(step);
  if (!state) throw Error(text("the checkpoint ", others.directory_of(step).string(), " cannot be used"));
  load(others, *state);
}

void Trainer::load(const Checkpoints& from, const CheckpointState& state) {
  from.load(state.step, *model_.model, step_.optimizer());
  first_step_ = state.step + 1;
  seconds_ = state.seconds;
  last_validation_ = state.validation_loss;
}

void Trainer::leave_checkpoints(std::vector<std::int64_t> steps) {
  if (training_.schedule == "wsd") steps.push_back(training_.stable_steps());
  checkpoints_.spare(std::move(steps));
}

void Trainer::train(RunRecord& record, const std::string& title) {
  title_ = title;
  // An interrupt during a validation leaves a checkpoint without it: make up for that before going on.
  const auto resumed_from = first_step_ - 1;
  if (resumed_from > 0 && measure_what_is_due(record, resumed_from)) save(resumed_from);
  for (auto step = first_step_; step <= total_steps_; ++step) {
    train_one(record, step);
    last_validation_ = std::nan("");
    const bool measured = measure_what_is_due(record, step);
    const bool checkpoint = due(training_.checkpoint_every, step) || checkpoints_.spared(step);
    if (checkpoint) save(step);
    if (measured || checkpoint) record.snapshot();
    if (progress_.due() || step == total_steps_) show_progress(step);
    if (interrupted() && step < total_steps_) stop(record, step);
  }
}

bool Trainer::measure_what_is_due(RunRecord& record, std::int64_t step) {
  const auto stands = [step](const auto& rows) { return !rows.empty() && rows.back().step == step; };
  const auto sampled = [&] {
    for (const auto& sample : record.data().samples)
      if (sample.source == "training" && sample.step == step) return true;
    return false;
  };
  const bool validate_now = due(training_.validate_every, step) && !stands(record.data().validation);
  const bool sample_now = training_.sample_every > 0 && due(training_.sample_every, step) && !sampled();
  try {
    if (validate_now) last_validation_ = validate(record, step);
    if (sample_now) sample(record, step);
  } catch (const Error& error) {
    if (error.fault() != Fault::interrupted) throw;
    stop(record, step);
  }
  return validate_now || sample_now;
}

void Trainer::stop(RunRecord& record, std::int64_t step) {
  save(step);
  record.snapshot();
  progress_.finish(text(title_, ": stopped after step ", step, " of ", total_steps_, "; a checkpoint is written"));
  throw Error("interrupted", "the same command goes on from here", Fault::interrupted);
}

void Trainer::train_one(RunRecord& record, std::int64_t step) {
  const double begin = steady_seconds();
  const auto rate = schedule_.rate(step);
  const auto result = step_.run(batches_.windows(step).to(model_.device), step, rate);
  const auto elapsed = seconds_since(begin);
  seconds_ += elapsed;
  last_row_ = {step,
               step * training_.tokens_per_step(),
               result.loss,
               rate,
               result.grad_norm,
               seconds_,
               static_cast<double>(training_.tokens_per_step()) / elapsed,
               device_peak_memory(model_.device)};
  if (step == total_steps_ || step % training_.log_every == 0) record.add(last_row_);
}

double Trainer::validate(RunRecord& record, std::int64_t step) {
  const double begin = steady_seconds();
  auto options = evaluation_options(training_, model_);
  options.progress = [&](double share) {
    if (progress_.due())
      progress_.update(text(title_, ": step ", step, " of ", total_steps_, ", validating ", percent_text(share)));
  };
  const auto loss = measure_loss(*model_.model, corpus_, Split::validation, options);
  ValidationRow row;
  row.step = step;
  row.tokens = step * training_.tokens_per_step();
  row.loss = loss.per_token();
  std::vector<double> tokens(loss.document_tokens.begin(), loss.document_tokens.end());
  const auto interval = bootstrap_ratio(loss.document_nats, tokens);
  row.low = interval.low;
  row.high = interval.high;
  row.bits_per_character = options.plan.covers_split() ? loss.bits_per_character() : std::nan("");
  row.seconds = seconds_since(begin);

  WindowTable windows;
  for (std::size_t i = 0; i < loss.window_nats.size(); ++i)
    windows.loss.push_back(loss.window_nats[i] / static_cast<double>(loss.window_tokens[i]));
  windows.tokens = loss.window_tokens;
  windows.characters = loss.window_characters;
  windows.document = loss.window_document;
  record.add(row, windows);
  return row.loss;
}

void Trainer::sample(RunRecord& record, std::int64_t step) {
  SampleRequest request;
  request.count = 1;
  request.new_tokens = training_.sample_tokens;
  request.seed = static_cast<std::uint64_t>(training_.seeds.data);
  SamplingOptions options;
  options.batch_size = 1;
  options.bf16 = training_.precision == "bf16";
  options.device = model_.device;
  options.part = model_.part;
  const auto texts = generate(*model_.model, *corpus_.tokenizer, corpus_.separator, request, options);
  const Sample sample{step, "training", texts.front(), "", {}};
  write_training_sample(directory_, sample);
  record.add(sample);
}

void Trainer::save(std::int64_t step) {
  const CheckpointState state{step, step * training_.tokens_per_step(), seconds_, last_validation_};
  checkpoints_.save(state, *model_.model, step_.optimizer(), training_.keep_checkpoints, training_.keep_best);
}

void Trainer::show_progress(std::int64_t step) {
  const auto share = static_cast<double>(step) / static_cast<double>(total_steps_);
  const auto rate = static_cast<double>(last_row_.tokens) / seconds_;
  // Short enough that the time left is still on a terminal of 80 columns.
  const auto line =
      text(title_, ": ", percent_text(share), " of ", count_text(static_cast<double>(total_steps_ * training_.tokens_per_step())),
           " tokens, loss ", fixed(last_row_.loss, 3), ", ", count_text(rate), " tok/s, ");
  if (step == total_steps_) {
    progress_.finish(text(line, duration_text(seconds_), ", validation loss ", fixed(last_validation_, 4)));
  } else {
    progress_.update(text(line, duration_text(seconds_ / share * (1 - share)), " left"));
  }
}

}  // namespace etude
