// Attention of single positions to a cache of keys and values.
#include <algorithm>
#include <cmath>
#include <vector>

#include "columns_kernel.hpp"
#include "in_parallel.hpp"
#include "lanes.hpp"

namespace etude::nn {

namespace {

constexpr std::int64_t kBlock = 16;  ///< positions in a block of keys

/// One head of one sequence.
struct CachedHead {
  std::int64_t width;
  float *keys, *values;

  void append(std::int64_t position, const float* key, const float* value) const {
    float* block = keys + position / kBlock * kBlock * width;
    // The lanes of positions to come are computed with the others, and dropped: they must hold numbers.
    if (position % kBlock == 0) std::fill(block, block + kBlock * width, 0.0f);
    for (std::int64_t d = 0; d < width; ++d) block[d * kBlock + position % kBlock] = key[d];
    std::copy(value, value + width, values + position * width);
  }
};

/// kCount blocks at once: one chain of additions alone would wait for itself.
template <class Lanes, int kCount>
ETUDE_LANES void score_blocks(const CachedHead& head, const float* query, std::int64_t first, float* scores) {
  constexpr int kParts = kBlock / kLanes<Lanes>;
  Lanes sums[kCount][kParts] = {};
  const float* keys = head.keys + first * kBlock * head.width;
  for (std::int64_t d = 0; d < head.width; ++d)
    for (int b = 0; b < kCount; ++b)
      for (int part = 0; part < kParts; ++part)
        sums[b][part] += query[d] * load<Lanes>(keys + (b * head.width + d) * kBlock + part * kLanes<Lanes>);
  for (int b = 0; b < kCount; ++b)
    for (int part = 0; part < kParts; ++part) store(scores + (first + b) * kBlock + part * kLanes<Lanes>, sums[b][part]);
}

/// scores -> e^(score - largest), nothing beyond `length`; returns their sum.
template <class Lanes>
ETUDE_LANES float exponentials(float* scores, std::int64_t length, std::int64_t end) {
  std::fill(scores + length, scores + end, scores[0]);
  Lanes maxima = load<Lanes>(scores);
  for (std::int64_t j = kLanes<Lanes>; j < end; j += kLanes<Lanes>) {
    const Lanes next = load<Lanes>(scores + j);
    maxima = next > maxima ? next : maxima;
  }
  float largest = maxima[0];
  for (int lane = 1; lane < kLanes<Lanes>; ++lane) largest = maxima[lane] > largest ? maxima[lane] : largest;
  std::fill(scores + length, scores + end, largest - 200.0f);  // e^-87 at most: nothing beside 1
  Lanes sums = {};
  for (std::int64_t j = 0; j < end; j += kLanes<Lanes>) {
    const Lanes weights = exponential_lanes(load<Lanes>(scores + j) - largest);
    store(scores + j, weights);
    sums += weights;
  }
  return sum_of(sums);
}

/// Sum over positions of weight * value for kCount registers of features from `first` on.
template <class Lanes, int kCount>
ETUDE_LANES void weighted_values(const CachedHead& head, const float* weights, std::int64_t length, std::int64_t first,
                                 float factor, float* output) {
  Lanes sums[4][kCount] = {};
  const float* values = head.values + first;
  const std::int64_t whole = length / 4 * 4;
  for (std::int64_t j = 0; j < whole; j += 4)
    for (int i = 0; i < 4; ++i)
      for (int v = 0; v < kCount; ++v)
        sums[i][v] += weights[j + i] * load<Lanes>(values + (j + i) * head.width + kLanes<Lanes> * v);
  for (std::int64_t j = whole; j < length; ++j)
    for (int v = 0; v < kCount; ++v) sums[0][v] += weights[j] * load<Lanes>(values + j * head.width + kLanes<Lanes> * v);
  for (int v = 0; v < kCount; ++v)
    store(output + first + kLanes<Lanes> * v, (sums[0][v] + sums[1][v] + sums[2][v] + sums[3][v]) * factor);
}

template <class Lanes>
ETUDE_LANES void attend(const CachedHead& head, const float* query, std::int64_t length, float* scores, float* output) {
  constexpr int kMany = kLanes<Lanes> == 16 ? 8 : 4;
  constexpr std::int64_t kWidth = kLanes<Lanes>;
  const std::int64_t blocks = (length + kBlock - 1) / kBlock;
  std::int64_t b = 0;
  for (; b + kMany <= blocks; b += kMany) score_blocks<Lanes, kMany>(head, query, b, scores);
  for (; b + 2 <= blocks; b += 2) score_blocks<Lanes, 2>(head, query, b, scores);
  for (; b < blocks; ++b) score_blocks<Lanes, 1>(head, query, b, scores);
  const float factor = 1 / exponentials<Lanes>(scores, length, blocks * kBlock);
  std::int64_t d = 0;
  for (; d + 2 * kWidth <= head.width; d += 2 * kWidth) weighted_values<Lanes, 2>(head, scores, length, d, factor, output);
  for (; d + kWidth <= head.width; d += kWidth) weighted_values<Lanes, 1>(head, scores, length, d, factor, output);
  for (; d < head.width; ++d) {
    float sum = 0;
    for (std::int64_t j = 0; j < length; ++j) sum += scores[j] * head.values[j * head.width + d];
    output[d] = sum * factor;
  }
}

/// Element (feature, column) of tiles with `features` features.
std::int64_t place(std::int64_t features, std::int64_t feature, std::int64_t column) {
  return (column / kTile * features + feature) * kTile + column % kTile;
}

}  // namespace

void attend_tiles(const CacheShape& cache, const std::int64_t* rows, std::int64_t sequences, std::int64_t seen,
                  std::int64_t fresh, const float* qkv, float* keys, float* values, float* output) {
  const std::int64_t width = cache.n_head * cache.head_width, head_width = cache.head_width;
  const float scale = 1 / std::sqrt(static_cast<float>(head_width));
  const double operations = static_cast<double>(fresh * (2 * seen + fresh + 8) * head_width);
  // Neighbours in `item` are sequences, whose columns share cache lines.
  in_parallel(cache.n_head * sequences, operations, [&](std::int64_t first, std::int64_t last) {
    std::vector<float> scores(static_cast<std::size_t>((seen + fresh + kBlock - 1) / kBlock * kBlock));
    std::vector<float> query(static_cast<std::size_t>(head_width)), key(query), value(query), result(query);
    for (std::int64_t item = first; item < last; ++item) {
      const std::int64_t head = item / sequences, sequence = item % sequences;
      const std::int64_t offset = rows[sequence] * cache.row_size() + head * cache.head_size();
      const CachedHead cached{head_width, keys + offset, values + offset};
      for (std::int64_t i = 0; i < fresh; ++i) {
        const std::int64_t column = sequence * fresh + i;
        for (std::int64_t d = 0; d < head_width; ++d) {
          const auto element = static_cast<std::size_t>(d);
          const std::int64_t feature = head * head_width + d;
          query[element] = scale * qkv[place(3 * width, feature, column)];
          key[element] = qkv[place(3 * width, width + feature, column)];
          value[element] = qkv[place(3 * width, 2 * width + feature, column)];
        }
        cached.append(seen + i, key.data(), value.data());
        with_lanes([&]<class Lanes>()
                       ETUDE_INLINE { attend<Lanes>(cached, query.data(), seen + i + 1, scores.data(), result.data()); });
        for (std::int64_t d = 0; d < head_width; ++d)
          output[place(width, head * head_width + d, column)] = result[static_cast<std::size_t>(d)];
      }
    }
  });
}

}  // namespace etude::nn
