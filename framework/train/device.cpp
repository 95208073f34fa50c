#include <ATen/Parallel.h>
#include <c10/core/CachingDeviceAllocator.h>

#include <base/system.hpp>
#include <cstdlib>
#include <etude/error.hpp>
#include <train/device.hpp>

namespace etude {
namespace {

/// The GPU, begun to be used and asked for what holds on the CPU: fp32 is float, where cuDNN would round its operands to TF32,
/// and a step that is computed again has the same bits, which resumed and branched runs promise.
torch::Device cuda_device() {
  // cuBLAS reads this when it begins; without it the order of its sums may differ from call to call.
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", /*overwrite=*/0);
  auto& context = at::globalContext();
  context.setAllowTF32CuDNN(false);
  context.setDeterministicCuDNN(true);
  // Not only warnings: with those alone, attention keeps to gradients whose sums differ from call to call.
  context.setDeterministicAlgorithms(true, /*warn_only=*/false);
  context.setDeterministicFillUninitializedMemory(false);
  // Its allocator has no statistics, which are reset before anything is allocated, until then.
  context.lazyInitDevice(torch::kCUDA);
  return {torch::kCUDA, 0};
}

}  // namespace

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
