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

/// Outputs 0 .. kOutputs - 1 for kVectors registers of columns; the sums stay in registers.
template <class Lanes, int kOutputs, int kVectors>
ETUDE_LANES void linear_block(std::int64_t inputs, const float* x, const float* weight, const float* bias, float* y, bool add) {
  Lanes sums[kOutputs][kVectors] = {};
  for (std::int64_t k = 0; k < inputs; ++k) {
    Lanes column[kVectors];
    for (int v = 0; v < kVectors; ++v) column[v] = load<Lanes>(x + k * kTile + kLanes<Lanes> * v);
    for (int o = 0; o < kOutputs; ++o)
      for (int v = 0; v < kVectors; ++v) sums[o][v] += weight[o * inputs + k] * column[v];
  }
  for (int o = 0; o < kOutputs; ++o)
    for (int v = 0; v < kVectors; ++v) {
      float* result = y + o * kTile + kLanes<Lanes> * v;
      auto sum = sums[o][v];
      if (bias) sum += bias[o];
      if (add) sum += load<Lanes>(result);
      store(result, sum);
    }
}

template <class Lanes, int kOutputs, int kVectors>
ETUDE_LANES void linear_range(std::int64_t inputs, std::int64_t begin, std::int64_t end, const float* x, const float* weight,
                              const float* bias, float* y, bool add) {
  const auto block = [&]<int kCount>(std::int64_t output) ETUDE_INLINE {
    linear_block<Lanes, kCount, kVectors>(inputs, x, weight + output * inputs, bias ? bias + output : nullptr, y + output * kTile,
                                          add);
  };
  for (; begin + kOutputs <= end; begin += kOutputs) block.template operator()<kOutputs>(begin);
  for (; begin < end; ++begin) block.template operator()<1>(begin);
}

/// Calls body.operator()<Lanes>(index of a register's floats) for all of them.
template <class Body>
void for_each_register(std::int64_t floats, const Body& body) {
  constexpr double kOperations = 16 * 100;  // a division and an exponential
  in_parallel(floats / 16, kOperations, [&](std::int64_t begin, std::int64_t end) {
    with_lanes([&]<class Lanes>() ETUDE_INLINE {
      for (std::int64_t i = 16 * begin; i < 16 * end; i += kLanes<Lanes>) body.template operator()<Lanes>(i);
    });
  });
}

/// The columns from `x` on that fill a register.
template <class Lanes>
ETUDE_LANES void normalize_columns(std::int64_t features, float epsilon, const float* x, const float* weight, const float* bias,
                                   float* y) {
  const float share = 1 / static_cast<float>(features);
  Lanes mean = {}, variance = {}, scale;
  for (std::int64_t f = 0; f < features; ++f) mean += load<Lanes>(x + f * kTile);
  mean *= share;
  for (std::int64_t f = 0; f < features; ++f) {
    const Lanes deviation = load<Lanes>(x + f * kTile) - mean;
    variance += deviation * deviation;
  }
  for (int lane = 0; lane < kLanes<Lanes>; ++lane) scale[lane] = 1 / std::sqrt(variance[lane] * share + epsilon);
  for (std::int64_t f = 0; f < features; ++f) {
    Lanes value = (load<Lanes>(x + f * kTile) - mean) * scale;
    if (weight) value *= weight[f];
    if (bias) value += bias[f];
    store(y + f * kTile, value);
  }
}

}  // namespace

void linear_tiles(TileShape shape, std::int64_t inputs, std::int64_t outputs, const float* x, const float* weight,
                  const float* bias, float* y, bool add) {
  constexpr std::int64_t kGroup = 8;
  const std::int64_t groups = (outputs + kGroup - 1) / kGroup;
  in_parallel(shape.tiles() * groups, static_cast<double>(kGroup * inputs * kTile), [&](std::int64_t first, std::int64_t last) {
    while (first < last) {
      const std::int64_t tile = first / groups, group = first % groups, count = std::min(groups - group, last - first);
      const std::int64_t begin = group * kGroup, end = std::min(begin + count * kGroup, outputs);
      const float* in = x + tile * inputs * kTile;
      float* out = y + tile * outputs * kTile;
      const std::int64_t used = shape.used(tile);
      with_lanes([&]<class Lanes>() ETUDE_INLINE {
        constexpr int kOutputs = kLanes<Lanes> == 16 ? 8 : 4;
        constexpr std::int64_t kPair = 2 * kLanes<Lanes>;
        if (used <= kLanes<Lanes>) return linear_range<Lanes, kOutputs, 1>(inputs, begin, end, in, weight, bias, out, add);
        for (std::int64_t c = 0; c < used; c += kPair)
          linear_range<Lanes, kOutputs, 2>(inputs, begin, end, in + c, weight, bias, out + c, add);
      });
      first += count;
    }
  });
}

void normalize_tiles(TileShape shape, std::int64_t features, double epsilon, const float* x, const float* weight,
                     const float* bias, float* y) {
  const auto eps = static_cast<float>(epsilon);
  in_parallel(shape.tiles(), static_cast<double>(features * kTile * 4), [&](std::int64_t first, std::int64_t last) {
    with_lanes([&]<class Lanes>() ETUDE_INLINE {
      for (std::int64_t tile = first; tile < last; ++tile)
        for (std::int64_t c = 0; c < kTile; c += kLanes<Lanes>) {
          const std::int64_t at = tile * features * kTile + c;
          normalize_columns<Lanes>(features, eps, x + at, weight, bias, y + at);
        }
    });
  });
}

void gelu_tiles(std::int64_t tiles, std::int64_t features, float* x) {
  for_each_register(tiles * features * kTile,
                    [x]<class Lanes>(std::int64_t at) ETUDE_INLINE { store(x + at, gelu(load<Lanes>(x + at))); });
}

void lstm_tiles(std::int64_t tiles, std::int64_t size, const float* gates, float* hidden, float* cell) {
  const std::int64_t part = size * kTile;
  for_each_register(tiles * part, [=]<class Lanes>(std::int64_t at) ETUDE_INLINE {
    const float* gate = gates + at / part * 4 * part + at % part;
    const Lanes in = sigmoid(load<Lanes>(gate)), forget = sigmoid(load<Lanes>(gate + part));
    const Lanes state = forget * load<Lanes>(cell + at) + in * hyperbolic_tangent(load<Lanes>(gate + 2 * part));
    store(cell + at, state);
    store(hidden + at, sigmoid(load<Lanes>(gate + 3 * part)) * hyperbolic_tangent(state));
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
