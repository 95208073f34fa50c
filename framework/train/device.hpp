// Where a model is computed.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <string>

namespace etude {

/// "auto" is CUDA where there is a device, else the CPU.
/// @throws Error (usage) for an unknown name, or CUDA where there is none
torch::Device choose_device(const std::string& name);

/// Bytes held at most since reset_device_peak_memory(): of the process on the CPU, of the allocator on a GPU.
std::int64_t device_peak_memory(torch::Device device);
void reset_device_peak_memory(torch::Device device);

/// Threads of one operation; 0: one a core. Returns how many there are now.
int set_threads(std::int64_t threads);

}  // namespace etude
