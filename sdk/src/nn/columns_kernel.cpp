// Linear layers, normalization and pointwise functions over tiles of columns.
//
// A library's matrix product is made for many rows; for the few that are decoded at a time it reaches a third of what these
// loops do, and what becomes of a row depends on the others. Here a column is a lane of a vector register.
#include "columns_kernel.hpp"

#include <algorithm>
#include <cmath>

#include "in_parallel.hpp"
#include "lanes.hpp"

namespace etude::nn {

namespace {

/// Outputs begin .. begin + kOutputs - 1 for kVectors * 16 columns; the accumulators stay in registers.
template <int kOutputs, int kVectors>
ETUDE_INLINE inline void linear_block(std::int64_t inputs, const float* x, const float* weight, const float* bias, float* y,
                                      bool add) {
  Lanes sums[kOutputs][kVectors] = {};
  for (std::int64_t k = 0; k < inputs; ++k) {
    Lanes column[kVectors];
    for (int v = 0; v < kVectors; ++v) column[v] = load(x + k * kTile + 16 * v);
    for (int o = 0; o < kOutputs; ++o)
      for (int v = 0; v < kVectors; ++v) sums[o][v] += weight[o * inputs + k] * column[v];
  }
  for (int o = 0; o < kOutputs; ++o)
    for (int v = 0; v < kVectors; ++v) {
      float* result = y + o * kTile + 16 * v;
      auto sum = sums[o][v];
      if (bias) sum += bias[o];
      if (add) sum += load(result);
      store(result, sum);
    }
}

template <int kOutputs, int kVectors>
ETUDE_INLINE inline void linear_range(std::int64_t inputs, std::int64_t begin, std::int64_t end, const float* x,
                                      const float* weight, const float* bias, float* y, bool add) {
  const auto block = [&]<int kCount>(std::int64_t output) ETUDE_INLINE {
    linear_block<kCount, kVectors>(inputs, x, weight + output * inputs, bias ? bias + output : nullptr, y + output * kTile, add);
  };
  for (; begin + kOutputs <= end; begin += kOutputs) block.template operator()<kOutputs>(begin);
  for (; begin < end; ++begin) block.template operator()<1>(begin);
}

/// Calls body(index of 16 floats) for all of them.
template <class Body>
void for_each_vector(std::int64_t floats, const Body& body) {
  constexpr double kOperations = 16 * 100;  // a division and an exponential
  in_parallel(floats / 16, kOperations, [&](std::int64_t begin, std::int64_t end) {
    vectorized([&]() ETUDE_INLINE {
      for (std::int64_t i = begin; i < end; ++i) body(16 * i);
    });
  });
}

}  // namespace

void linear_tiles(TileShape shape, std::int64_t inputs, std::int64_t outputs, const float* x, const float* weight,
                  const float* bias, float* y, bool add) {
  constexpr std::int64_t kGroup = 8;
  const std::int64_t groups = (outputs + kGroup - 1) / kGroup;
  const bool wide = has_wide_vectors();
  in_parallel(shape.tiles() * groups, static_cast<double>(kGroup * inputs * kTile), [&](std::int64_t first, std::int64_t last) {
    while (first < last) {
      const std::int64_t tile = first / groups, group = first % groups, count = std::min(groups - group, last - first);
      const std::int64_t begin = group * kGroup, end = std::min(begin + count * kGroup, outputs);
      const float* in = x + tile * inputs * kTile;
      float* out = y + tile * outputs * kTile;
      const bool half = shape.used(tile) <= 16;
      vectorized([&]() ETUDE_INLINE {
        if (wide && !half) return linear_range<8, 2>(inputs, begin, end, in, weight, bias, out, add);
        if (wide) return linear_range<8, 1>(inputs, begin, end, in, weight, bias, out, add);
        linear_range<4, 1>(inputs, begin, end, in, weight, bias, out, add);
        if (!half) linear_range<4, 1>(inputs, begin, end, in + 16, weight, bias, out + 16, add);
      });
      first += count;
    }
  });
}

void normalize_tiles(TileShape shape, std::int64_t features, double epsilon, const float* x, const float* weight,
                     const float* bias, float* y) {
  const auto eps = static_cast<float>(epsilon), share = 1 / static_cast<float>(features);
  in_parallel(2 * shape.tiles(), static_cast<double>(features * 16 * 4), [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t half = first; half < last; ++half) {
      const float* in = x + half / 2 * features * kTile + half % 2 * 16;
      float* out = y + half / 2 * features * kTile + half % 2 * 16;
      vectorized([&]() ETUDE_INLINE {
        Lanes mean = {}, variance = {};
        for (std::int64_t f = 0; f < features; ++f) mean += load(in + f * kTile);
        mean *= share;
        for (std::int64_t f = 0; f < features; ++f) {
          const Lanes deviation = load(in + f * kTile) - mean;
          variance += deviation * deviation;
        }
        Lanes scale;
        for (int lane = 0; lane < 16; ++lane) scale[lane] = 1 / std::sqrt(variance[lane] * share + eps);
        for (std::int64_t f = 0; f < features; ++f) {
          Lanes value = (load(in + f * kTile) - mean) * scale;
          if (weight) value *= weight[f];
          if (bias) value += bias[f];
          store(out + f * kTile, value);
        }
      });
    }
  });
}

void gelu_tiles(std::int64_t tiles, std::int64_t features, float* x) {
  for_each_vector(tiles * features * kTile, [x](std::int64_t at) ETUDE_INLINE { store(x + at, gelu(load(x + at))); });
}

void lstm_tiles(std::int64_t tiles, std::int64_t size, const float* gates, float* hidden, float* cell) {
  const std::int64_t part = size * kTile;
  for_each_vector(tiles * part, [=](std::int64_t at) ETUDE_INLINE {
    const float* gate = gates + at / part * 4 * part + at % part;
    const Lanes in = sigmoid(load(gate)), forget = sigmoid(load(gate + part)), out = sigmoid(load(gate + 3 * part));
    const Lanes state = forget * load(cell + at) + in * hyperbolic_tangent(load(gate + 2 * part));
    store(cell + at, state);
    store(hidden + at, out * hyperbolic_tangent(state));
  });
}

void rows_to_tiles(TileShape shape, std::int64_t features, const float* rows, float* tiles) {
  for (std::int64_t tile = 0; tile < shape.tiles(); ++tile) {
    const std::int64_t used = shape.used(tile);
    for (std::int64_t f = 0; f < features; ++f) {
      float* lane = tiles + (tile * features + f) * kTile;
      for (std::int64_t c = 0; c < used; ++c) lane[c] = rows[(tile * kTile + c) * features + f];
      std::fill(lane + used, lane + kTile, 0.0f);
    }
  }
}

void tiles_to_rows(TileShape shape, std::int64_t features, const float* tiles, float* rows) {
  for (std::int64_t tile = 0; tile < shape.tiles(); ++tile)
    for (std::int64_t f = 0; f < features; ++f) {
      const float* lane = tiles + (tile * features + f) * kTile;
      for (std::int64_t c = 0; c < shape.used(tile); ++c) rows[(tile * kTile + c) * features + f] = lane[c];
    }
}

}  // namespace etude::nn
