#include <algorithm>
#include <array>
#include <base/files.hpp>
#include <catch.hpp>
#include <corpus/split.hpp>

using namespace etude;

namespace {

std::array<std::int64_t, 3> counts(const std::vector<Split>& splits) {
  std::array<std::int64_t, 3> out{};
  for (const Split split : splits) ++out[static_cast<std::size_t>(split)];
  return out;
}

std::string joined(const std::vector<std::uint32_t>& numbers) {
  std::string out;
  for (const auto number : numbers) out += (out.empty() ? "" : ",") + std::to_string(number);
  return out;
}

}  // namespace

// The expected values are Python's: l = list(range(n)); random.Random(seed).shuffle(l).
TEST_CASE("The shuffle is Python's") {
  REQUIRE(joined(python_shuffle(42, 10)) == "7,3,2,8,5,6,9,4,0,1");
  REQUIRE(joined(python_shuffle(0, 10)) == "7,8,1,5,3,4,2,0,9,6");
  REQUIRE(joined(python_shuffle((std::uint64_t{1} << 40) + 5, 10)) == "1,2,3,6,7,0,5,4,9,8");
  REQUIRE(sha256(joined(python_shuffle(7, 5000))) == "ccaaedc081a4b12abf0df9271f64706e69caa0b1597e7f2f203d0c2967587b94");
  REQUIRE(python_shuffle(1, 0).empty());
  REQUIRE(python_shuffle(1, 1) == std::vector<std::uint32_t>{0});
}

TEST_CASE("shuffle cuts at exact counts, and the rest is for tests") {
  const SplitOptions options{.train = 0.98, .validation = 0.01, .test = 0.01};
  REQUIRE(counts(shuffle_split(options, 1000)) == std::array<std::int64_t, 3>{980, 10, 10});
  REQUIRE(counts(shuffle_split(options, 199)) == std::array<std::int64_t, 3>{195, 1, 3});
  REQUIRE(counts(shuffle_split({.train = 0.5, .validation = 0.5, .test = 0}, 7)) == std::array<std::int64_t, 3>{3, 4, 0});
}

TEST_CASE("shuffle gives the first of the shuffled order to training") {
  const auto splits = shuffle_split({.train = 0.5, .validation = 0.2, .test = 0.3, .seed = 42}, 10);
  for (const int train : {7, 3, 2, 8, 5}) REQUIRE(splits[static_cast<std::size_t>(train)] == Split::train);
  for (const int validation : {6, 9}) REQUIRE(splits[static_cast<std::size_t>(validation)] == Split::validation);
  for (const int test : {4, 0, 1}) REQUIRE(splits[static_cast<std::size_t>(test)] == Split::test);
}

// The places are Python's: int(hashlib.sha256(b"42\0" + id).hexdigest()[:16], 16) / 2**64.
TEST_CASE("hash places a document by seed and id alone") {
  const auto split_at = [](const char* id, double train, double validation) {
    return hash_split({.train = train, .validation = validation, .test = 1 - train - validation, .seed = 42}, id);
  };
  REQUIRE(split_at("a.abc#1", 0.4207, 0.1) == Split::train);
  REQUIRE(split_at("a.abc#1", 0.4206, 0.1) == Split::validation);
  REQUIRE(split_at("b/c.mid", 0.2, 0.0368) == Split::validation);
  REQUIRE(split_at("b/c.mid", 0.2, 0.0366) == Split::test);
  REQUIRE(hash_split({.train = 0.5, .validation = 0.5, .test = 0, .seed = 42}, "x") == Split::validation);
}

TEST_CASE("hash meets the shares on average, and another seed splits otherwise") {
  const SplitOptions options{.train = 0.9, .validation = 0.05, .test = 0.05};
  SplitOptions other = options;
  other.seed = 43;
  std::vector<Split> splits;
  int moved = 0;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = "tunes.abc#" + std::to_string(i);
    splits.push_back(hash_split(options, id));
    moved += splits.back() != hash_split(other, id);
  }
  // Five standard deviations of a binomial count.
  REQUIRE(counts(splits)[0] == Approx(18000).margin(215));
  REQUIRE(counts(splits)[1] == Approx(1000).margin(155));
  REQUIRE(counts(splits)[2] == Approx(1000).margin(155));
  REQUIRE(moved > 3000);
}
