// The option tables of [filter], [split] and [training].
#include <algorithm>
#include <cmath>
#include <config/experiment.hpp>

namespace etude {

OptionTable FilterOptions::fields() {
  using F = FilterOptions;
  return etude::fields(
      field(&F::min_characters, "min_characters", "Documents with fewer characters are left out", at_least(0)),
      field(&F::max_characters, "max_characters", "Documents with more characters are left out; 0: no limit", at_least(0)),
      field(&F::min_gzip_ratio, "min_gzip_ratio",
            "Documents whose text, without white space, gzip makes smaller than this share are left out; 0: none", between(0, 1)),
      field(&F::max_total_bytes, "max_total_bytes",
            "Documents after the one with which all reach this size are left out; 0: none", at_least(0)));
}

OptionTable DuplicateOptions::fields() {
  using D = DuplicateOptions;
  return etude::fields(
      field(&D::use, "use", "report: count twins; group: keep them in one split; remove: keep the first of each group",
            one_of({"report", "group", "remove"})),
      field(&D::similarity, "similarity", "Share of common shingles (Jaccard) from which on two documents are twins",
            between(0.5, 1)),
      field(&D::shingle_bars, "shingle_bars", "Consecutive bars that make one shingle", between(1, 64)));
}

OptionTable SplitOptions::fields() {
  using S = SplitOptions;
  return etude::fields(
      field(&S::train, "train", "Fraction of the documents to train on", between(0, 1)),
      field(&S::validation, "validation", "Fraction of the documents to validate on", between(0, 1)),
      field(&S::test, "test", "Fraction of the documents that metrics judge", between(0, 1)),
      field(&S::seed, "seed", "Another seed gives another split", at_least(0)),
      field(&S::method, "method", "hash: a document stays in its split when others are added; shuffle: exact counts",
            one_of({"hash", "shuffle"})));
}

OptionTable Seeds::fields() {
  return etude::fields(field(&Seeds::initialisation, "initialisation", "Of the first weights", at_least(0)),
                       field(&Seeds::data, "data", "Of the order of training windows", at_least(0)),
                       field(&Seeds::dropout, "dropout", "Of the dropout masks", at_least(0)));
}

namespace {

using T = TrainingOptions;

std::vector<OptionSpec> budget_fields() {
  return {field(&T::tokens, "tokens", "Budget: tokens to train on (this or steps)", at_least(0)),
          field(&T::steps, "steps", "Budget: optimizer steps (this or tokens)", at_least(0)),
          field(&T::batch_size, "batch_size", "Windows a step", at_least(1)),
          field(&T::context_length, "context_length", "Tokens a window", at_least(1)),
          field(&T::accumulate, "accumulate", "Parts in which a step's batch is computed, to save memory; divides batch_size",
                at_least(1))};
}

std::vector<OptionSpec> optimizer_fields() {
  return {field(&T::learning_rate, "learning_rate", "Peak learning rate of AdamW", above(0)),
          field(&T::schedule, "schedule", "How the learning rate goes on after warm-up; wsd: constant, then a linear decay",
                one_of({"constant", "linear", "cosine", "wsd"})),
          field(&T::warmup_steps, "warmup_steps", "Steps in which the learning rate rises from zero", at_least(0)),
          field(&T::final_learning_rate, "final_learning_rate", "Where linear, cosine and wsd schedules end", at_least(0)),
          field(&T::decay_share, "decay_share", "wsd: the last share of the steps, in which the rate falls; at least one step",
                between(0, 1)),
          field(&T::beta1, "beta1", "AdamW's decay of the mean gradient", from_below(0, 1)),
          field(&T::beta2, "beta2", "AdamW's decay of the mean squared gradient", from_below(0, 1)),
          field(&T::epsilon, "epsilon", "AdamW's addend to the denominator", above(0)),
          field(&T::weight_decay, "weight_decay", "AdamW's weight decay", at_least(0)),
          field(&T::decay_groups, "decay_groups", "What decays: as the architecture says, or all parameters",
                one_of({"architecture", "all"})),
          field(&T::clip_norm, "clip_norm", "Gradients are scaled down to this norm; 0: never", at_least(0)),
          field(&T::precision, "precision", "fp32, or bf16 autocast", one_of({"fp32", "bf16"}))};
}

std::vector<OptionSpec> observation_fields() {
  return {field(&T::validate_every, "validate_every", "Steps between validations; 0: only at the end", at_least(0)),
          field(&T::validation_windows, "validation_windows", "Windows to validate on, spread evenly; 0: all", at_least(0)),
          field(&T::validation_stride, "validation_stride", "Tokens from one validation window to the next; 0: context_length",
                at_least(0)),
          field(&T::sample_every, "sample_every", "Steps between samples; 0: none", at_least(0), no_effect_on_result),
          field(&T::sample_tokens, "sample_tokens", "Tokens a sample", at_least(1), no_effect_on_result),
          field(&T::checkpoint_every, "checkpoint_every", "Steps between checkpoints; 0: only at the end", at_least(0),
                no_effect_on_result),
          field(&T::keep_checkpoints, "keep_checkpoints",
                "How many of the newest checkpoints stay; with schedule wsd those before a decay stay too", at_least(1),
                no_effect_on_result),
          field(&T::keep_best, "keep_best", "Also keep the checkpoint with the lowest validation loss", no_effect_on_result),
          field(&T::log_every, "log_every", "Steps between rows of the training log", at_least(1), no_effect_on_result)};
}

std::vector<OptionSpec> start_fields() {
  OptionSpec init_from = field(&T::init_from, "init_from", "A .safetensors file of first weights; empty: drawn from the seed");
  init_from.type = "path";
  return {std::move(init_from),
          field(&T::device, "device", "auto takes a GPU if there is one", one_of({"auto", "cpu", "cuda"}), no_effect_on_result),
          field(&T::threads, "threads", "CPU threads; 0: all cores", between(0, 4096), no_effect_on_result),
          field(&T::seeds, "seeds", "Of everything that is drawn; training.seed = n sets them all")};
}

}  // namespace

OptionTable TrainingOptions::fields() {
  std::vector<OptionSpec> all;
  for (auto part : {budget_fields(), optimizer_fields(), observation_fields(), start_fields()})
    all.insert(all.end(), part.begin(), part.end());
  return OptionTable(std::move(all));
}

std::int64_t TrainingOptions::total_steps() const {
  return tokens > 0 ? std::max<std::int64_t>(1, tokens / tokens_per_step()) : steps;
}

std::int64_t TrainingOptions::stable_steps() const {
  const auto total = total_steps();
  return total - std::max<std::int64_t>(1, std::llround(decay_share * static_cast<double>(total)));
}

}  // namespace etude
