// Dropout on the CPU: masks are computed again in the backward pass, which is cheaper than writing and reading them.
#include "dropout_kernel.hpp"

#include <ATen/Parallel.h>
#include <c10/util/BFloat16.h>
#include <c10/util/Half.h>

#include <algorithm>
#include <type_traits>

#include "vectorized.hpp"

namespace etude::nn {

namespace {

/// Elements that one thread takes at once: a few microseconds of work.
constexpr std::int64_t kChunk = 16384;

/// What T is computed in.
template <class T>
using Compute = std::conditional_t<std::is_same_v<T, double>, double, float>;

template <class T>
ETUDE_INLINE inline Compute<T> masked(T value, std::uint32_t low, std::uint32_t high, std::uint32_t element,
                                      std::uint32_t threshold, Compute<T> scale) {
  return static_cast<Compute<T>>(value) * (element_bits(low, high, element) < threshold ? Compute<T>(0) : scale);
}

template <class T>
void chunk(const DropoutMask& mask, std::uint64_t row_key, std::int64_t begin, std::int64_t end, const T* input,
           const T* residual, T* output) {
  const auto low = static_cast<std::uint32_t>(row_key), high = static_cast<std::uint32_t>(row_key >> 32);
  const auto scale = static_cast<Compute<T>>(mask.scale);
  const std::uint32_t threshold = mask.threshold;
  vectorized([=]() ETUDE_INLINE {
    const T* x = input;
    const T* sum = residual;
    T* y = output;
    if (sum) {
#pragma omp simd
      for (std::int64_t i = begin; i < end; ++i)
        y[i] = static_cast<T>(static_cast<Compute<T>>(sum[i]) +
                              masked<T>(x[i], low, high, static_cast<std::uint32_t>(i), threshold, scale));
    } else {
#pragma omp simd
      for (std::int64_t i = begin; i < end; ++i)
        y[i] = static_cast<T>(masked<T>(x[i], low, high, static_cast<std::uint32_t>(i), threshold, scale));
    }
  });
}

}  // namespace

DropoutMask::DropoutMask(std::uint64_t call_key, std::int64_t first, double probability)
    : key(call_key), first_row(first), threshold(static_cast<std::uint32_t>(probability * 4294967296.0)) {
  scale = 1 / (1 - threshold / 4294967296.0);
}

template <class T>
void masked_scale(const DropoutMask& mask, std::int64_t rows, std::int64_t row_size, const T* input, const T* residual,
                  T* output) {
  const std::int64_t chunks = (row_size + kChunk - 1) / kChunk;
  at::parallel_for(0, rows * chunks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t item = first; item < last; ++item) {
      const std::int64_t row = item / chunks, begin = item % chunks * kChunk, offset = row * row_size;
      const std::uint64_t row_key = mix_bits(mask.key ^ mix_bits(static_cast<std::uint64_t>(mask.first_row + row)));
      chunk(mask, row_key, begin, std::min(begin + kChunk, row_size), input + offset, residual ? residual + offset : nullptr,
            output + offset);
    }
  });
}

template void masked_scale(const DropoutMask&, std::int64_t, std::int64_t, const float*, const float*, float*);
template void masked_scale(const DropoutMask&, std::int64_t, std::int64_t, const double*, const double*, double*);
template void masked_scale(const DropoutMask&, std::int64_t, std::int64_t, const c10::Half*, const c10::Half*, c10::Half*);
template void masked_scale(const DropoutMask&, std::int64_t, std::int64_t, const c10::BFloat16*, const c10::BFloat16*,
                           c10::BFloat16*);

}  // namespace etude::nn
