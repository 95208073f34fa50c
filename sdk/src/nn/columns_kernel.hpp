// The arithmetic of etude/nn/columns.hpp on plain memory. A tile is [features, kTile] floats; `used` says how many of its columns
// hold anything. Every number is computed by one thread from its own column alone, in an order that only the features' number
// decides.
#pragma once

#include <cstdint>

namespace etude::nn {

inline constexpr std::int64_t kTile = 32;

struct TileShape {
  std::int64_t columns;  ///< in all tiles
  std::int64_t tiles() const { return (columns + kTile - 1) / kTile; }
  std::int64_t used(std::int64_t tile) const { return columns - tile * kTile < kTile ? columns - tile * kTile : kTile; }
};

/// y = weight x + bias, or y += weight x + bias.
/// @param x       [tiles, inputs, kTile]
/// @param weight  [outputs, inputs]
/// @param bias    [outputs], may be null
/// @param y       [tiles, outputs, kTile]
void linear_tiles(TileShape shape, std::int64_t inputs, std::int64_t outputs, const float* x, const float* weight,
                  const float* bias, float* y, bool add);

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias over the features of each column; weight and bias may be null.
void normalize_tiles(TileShape shape, std::int64_t features, double epsilon, const float* x, const float* weight,
                     const float* bias, float* y);

/// x = x * P(a standard normal number is below x), in place.
void gelu_tiles(std::int64_t tiles, std::int64_t features, float* x);

/// One step of a long short-term memory: gates [tiles, 4 * size, kTile] in the order input, forget, cell, output.
void lstm_tiles(std::int64_t tiles, std::int64_t size, const float* gates, float* hidden, float* cell);

/// [columns, features] to [tiles, features, kTile], unused columns zero, and back.
void rows_to_tiles(TileShape shape, std::int64_t features, const float* rows, float* tiles);
void tiles_to_rows(TileShape shape, std::int64_t features, const float* tiles, float* rows);

/// Keys and values of one layer: of each row [n_head, capacity rounded up to 16, head_width], the keys in blocks of 16 positions
/// ([head_width, 16] each), so that both scores and sums run along whole vectors.
struct CacheShape {
  std::int64_t n_head, head_width, capacity;
  std::int64_t head_size() const { return (capacity + 15) / 16 * 16 * head_width; }
  std::int64_t row_size() const { return n_head * head_size(); }
};

/// Appends the keys and values of `fresh` positions a sequence to the caches, and attends from each to itself and all before.
/// @param qkv     [tiles, 3 * width, kTile]: position i of sequence s in column s * fresh + i
/// @param rows    for each sequence, the row of keys and values that is its cache
/// @param seen    positions that are in the caches already; seen + fresh <= capacity
/// @param output  [tiles, width, kTile]
void attend_tiles(const CacheShape& cache, const std::int64_t* rows, std::int64_t sequences, std::int64_t seen,
                  std::int64_t fresh, const float* qkv, float* keys, float* values, float* output);

}  // namespace etude::nn
