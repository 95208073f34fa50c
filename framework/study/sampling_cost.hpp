// What drawing texts costs, measured with a throw-away model.
#pragma once

#include <base/clock.hpp>
#include <etude/sampling.hpp>
#include <train/trainer.hpp>

namespace etude {

/// Seconds of one step of sampling, which gives each text of a batch a token, halfway through the texts asked for: a step of a
/// GPT costs more the more stands before it.
/// @param seconds  about how long the measurement may take
double sampling_step_seconds(const ModelOnDevice& model, bool bf16, const SampleRequest& request, double seconds,
                             const Clock& now = steady_seconds);

/// Steps that these texts take at most: texts are drawn in batches, and each goes on until its last text has ended.
std::int64_t sampling_steps(const SampleRequest& request);

}  // namespace etude
