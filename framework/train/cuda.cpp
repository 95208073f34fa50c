#include <cstdlib>
#include <train/cuda.hpp>

namespace etude {

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

}  // namespace etude
