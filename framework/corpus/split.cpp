#include <array>
#include <base/files.hpp>
#include <bit>
#include <cmath>
#include <corpus/split.hpp>
#include <numeric>

namespace etude {
namespace {

/// The Mersenne Twister as Python seeds it (init_by_array), which std::mt19937 cannot be.
class PythonRandom {
 public:
  explicit PythonRandom(std::uint64_t seed) {
    std::vector<std::uint32_t> key{static_cast<std::uint32_t>(seed)};
    if (seed >> 32) key.push_back(static_cast<std::uint32_t>(seed >> 32));
    state_[0] = 19650218;
    for (std::uint32_t i = 1; i < size; ++i) state_[i] = 1812433253u * (state_[i - 1] ^ state_[i - 1] >> 30) + i;
    std::uint32_t i = 1, j = 0;
    const auto advance = [&] {
      if (++i == size) {
        state_[0] = state_[size - 1];
        i = 1;
      }
    };
    for (std::uint32_t k = 0; k < size; ++k) {
      state_[i] = (state_[i] ^ (state_[i - 1] ^ state_[i - 1] >> 30) * 1664525u) + key[j] + j;
      j = (j + 1) % static_cast<std::uint32_t>(key.size());
      advance();
    }
    for (std::uint32_t k = 1; k < size; ++k) {
      state_[i] = (state_[i] ^ (state_[i - 1] ^ state_[i - 1] >> 30) * 1566083941u) - i;
      advance();
    }
    state_[0] = 0x80000000u;
  }

  /// Uniform in [0, bound), 1 <= bound < 2^32: as many bits as the bound has, drawn until they fit.
  std::uint32_t below(std::uint32_t bound) {
    const int bits = std::bit_width(bound);
    std::uint32_t value = bound;
    while (value >= bound) value = draw() >> (32 - bits);
    return value;
  }

 private:
  static constexpr std::uint32_t size = 624;

  std::uint32_t draw() {
    if (next_ == size) regenerate();
    std::uint32_t y = state_[next_++];
    y ^= y >> 11;
    y ^= y << 7 & 0x9D2C5680u;
    y ^= y << 15 & 0xEFC60000u;
    return y ^ y >> 18;
  }

  void regenerate() {
    for (std::uint32_t i = 0; i < size; ++i) {
      const std::uint32_t y = (state_[i] & 0x80000000u) | (state_[(i + 1) % size] & 0x7FFFFFFFu);
      state_[i] = state_[(i + 397) % size] ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0u);
    }
    next_ = 0;
  }

  std::array<std::uint32_t, size> state_;
  std::uint32_t next_ = size;
};

/// The first 53 bits of the digest as a number in [0, 1).
double unit_interval(const std::string& hexadecimal) {
  return std::ldexp(static_cast<double>(std::stoull(hexadecimal.substr(0, 16), nullptr, 16) >> 11), -53);
}

}  // namespace

Split hash_split(const SplitOptions& options, std::string_view document_id) {
  std::string key = std::to_string(options.seed);
  key += '\0';
  key += document_id;
  const double place = unit_interval(sha256(key));
  if (place < options.train) return Split::train;
  // With test = 0, rounding must not leave a crumb of it.
  return place < options.train + options.validation || options.test == 0 ? Split::validation : Split::test;
}

std::vector<std::uint32_t> python_shuffle(std::uint64_t seed, std::size_t count) {
  std::vector<std::uint32_t> order(count);
  std::iota(order.begin(), order.end(), 0u);
  PythonRandom random(seed);
  for (std::size_t i = count; i-- > 1;) std::swap(order[i], order[random.below(static_cast<std::uint32_t>(i + 1))]);
  return order;
}

std::vector<Split> shuffle_split(const SplitOptions& options, std::size_t count) {
  const auto share = [&](double fraction) { return static_cast<std::size_t>(static_cast<double>(count) * fraction); };
  const std::size_t train = share(options.train);
  const std::size_t validation = options.test == 0 ? count - train : share(options.validation);
  std::vector<Split> splits(count, Split::test);
  const auto order = python_shuffle(static_cast<std::uint64_t>(options.seed), count);
  for (std::size_t i = 0; i < train + validation && i < count; ++i)
    splits[order[i]] = i < train ? Split::train : Split::validation;
  return splits;
}

}  // namespace etude
