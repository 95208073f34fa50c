#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>

#include <base/system.hpp>
#include <etude/error.hpp>
#include <train/cuda.hpp>
#include <train/device.hpp>

namespace etude {

torch::Device choose_device(const std::string& name) {
  if (name == "cpu") return torch::kCPU;
  if (name == "auto") return torch::cuda::is_available() ? cuda_device() : torch::Device(torch::kCPU);
  if (name != "cuda") throw usage_error("unknown device " + name, "training.device is one of auto, cpu, cuda");
  if (!torch::cuda::is_available())
    throw usage_error("training.device is cuda, but this LibTorch sees no CUDA device",
                      "use training.device = \"auto\" or \"cpu\"");
  return cuda_device();
}

std::int64_t device_peak_memory(torch::Device device) {
  if (device.is_cpu()) return peak_memory();
  constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
  return at::getDeviceAllocator(device.type())->getDeviceStats(device.index()).allocated_bytes[all].peak;
}

void reset_device_peak_memory(torch::Device device) {
  if (device.is_cpu()) {
    reset_peak_memory();
  } else {
    at::getDeviceAllocator(device.type())->resetPeakStats(device.index());
  }
}

int set_threads(std::int64_t threads) {
  at::set_num_threads(threads > 0 ? static_cast<int>(threads) : cpu_count());
  return at::get_num_threads();
}

}  // namespace etude
