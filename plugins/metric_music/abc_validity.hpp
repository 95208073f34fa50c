// How many of a model's texts are music, and how good: README.md in this folder defines each number.
#pragma once

#include <etude/metric.hpp>

#include "options.hpp"

namespace metric_music {

class AbcValidity final : public etude::Metric {
 public:
  using Options = MusicOptions;
  explicit AbcValidity(const Options& options) : options_(options) {}
  etude::MetricResult evaluate(etude::MetricView& view) override;
  etude::MetricNeeds needs() const override { return {.samples = {options_.request()}}; }

 private:
  Options options_;
};

}  // namespace metric_music
