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

std::string seeded(std::int64_t seed, std::string_view document_id) {
  std::string key = std::to_string(seed);
  key += '\0';
  key += document_id;
  return key;
}

Verdict verdict_of(Split split) { return static_cast<Verdict>(split); }

/// What is put into a split as a whole.
struct Unit {
  std::uint32_t representative = 0;
  std::uint64_t rank = 0;
  bool given = false;  ///< its representative's split is the source's
  Verdict verdict = Verdict::kept;
};

/// The kept documents by group, or each by itself; in the order of their first documents.
class Units {
 public:
  Units(std::size_t documents, std::span<const std::uint32_t> groups) : groups_(groups), unit_(documents, none) {}

  /// The unit of a document.
  Unit& of(std::size_t number) { return units_[unit_[first(number)]]; }
  std::vector<Unit>& all() { return units_; }

  void add(std::size_t number, const Documents& documents, std::int64_t seed) {
    auto& index = unit_[first(number)];
    const bool given = documents.given_split(number).has_value();
    const Unit unit{static_cast<std::uint32_t>(number), groups_.empty() ? 0 : representative_rank(seed, documents.id(number)),
                    given};
    if (index == none) {
      index = static_cast<std::uint32_t>(units_.size());
      units_.push_back(unit);
    } else if (given != units_[index].given ? given : unit.rank < units_[index].rank) {
      units_[index] = unit;
    }
  }

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  std::size_t first(std::size_t number) const { return groups_.empty() ? number : groups_[number]; }
  std::span<const std::uint32_t> groups_;
  std::vector<std::uint32_t> unit_;
  std::vector<Unit> units_;
};

}  // namespace

Split hash_split(const SplitOptions& options, std::string_view document_id) {
  const std::string key = seeded(options.seed, document_id);
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

std::uint64_t representative_rank(std::int64_t seed, std::string_view document_id) {
  const std::string digest = sha256(seeded(seed, document_id) + '\0' + "representative");
  return std::stoull(digest.substr(0, 16), nullptr, 16);
}

void split_documents(const SplitOptions& options, const Documents& documents, std::span<const std::uint32_t> groups,
                     std::vector<Verdict>& verdicts) {
  Units units(documents.size(), groups);
  for (std::size_t i = 0; i < documents.size(); ++i)
    if (verdicts[i] == Verdict::kept) units.add(i, documents, options.seed);
  std::vector<Unit*> open;
  for (Unit& unit : units.all()) {
    if (unit.given)
      unit.verdict = verdict_of(*documents.given_split(unit.representative));
    else
      open.push_back(&unit);
  }
  const auto shuffled = options.method == "shuffle" ? shuffle_split(options, open.size()) : std::vector<Split>();
  for (std::size_t i = 0; i < open.size(); ++i)
    open[i]->verdict = verdict_of(shuffled.empty() ? hash_split(options, documents.id(open[i]->representative)) : shuffled[i]);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    if (verdicts[i] != Verdict::kept) continue;
    const auto given = documents.given_split(i);
    verdicts[i] = given ? verdict_of(*given) : units.of(i).verdict;
  }
}

}  // namespace etude
