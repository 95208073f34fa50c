// Random numbers on devices where ATen draws them.
#pragma once

#include <torch/torch.h>

namespace etude::nn {

/// Seeds the device's generator for one fused ATen operation: what it draws is then a function of key and first row, not of
/// history.
inline void seed_generator(torch::Device device, std::uint64_t key, std::int64_t first_row) {
  auto generator = at::globalContext().defaultGenerator(device);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(key + static_cast<std::uint64_t>(first_row) * 0x9e3779b97f4a7c15u);
}

}  // namespace etude::nn
