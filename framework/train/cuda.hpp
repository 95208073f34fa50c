// The GPU, as the training step wants it.
#pragma once

#include <torch/torch.h>

namespace etude {

/// The first GPU, begun to be used and asked for what holds on the CPU: fp32 is float, where cuDNN would round its operands to
/// TF32, and a step that is computed again has the same bits, which resumed and branched runs promise. An operation that cannot
/// promise it throws.
torch::Device cuda_device();

}  // namespace etude
