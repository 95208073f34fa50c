#include <base/files.hpp>
#include <catch.hpp>
#include <cmath>
#include <corpus/shingles.hpp>
#include <map>
#include <unit/documents_fixture.hpp>
#include <unit/random_tunes.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

/// Two sets of random numbers with exactly this many common ones.
std::pair<std::vector<std::uint64_t>, std::vector<std::uint64_t>> sets(std::mt19937_64& random, int common, int apart) {
  std::vector<std::uint64_t> a, b;
  for (int i = 0; i < common; ++i) a.push_back(random());
  b = a;
  for (int i = 0; i < apart; ++i) (i % 2 ? a : b).push_back(random());
  return {a, b};
}

}  // namespace

TEST_CASE("The estimate is the Jaccard similarity on average, and strays as 128 independent draws do") {
  std::mt19937_64 random(7);
  for (const auto& [common, apart] : {std::pair{0, 40}, {5, 15}, {20, 20}, {40, 10}, {95, 5}, {800, 200}, {50, 0}}) {
    const double exact = static_cast<double>(common) / (common + apart);
    constexpr int rounds = 400;
    double sum = 0, squares = 0;
    for (int i = 0; i < rounds; ++i) {
      const auto [a, b] = sets(random, common, apart);
      const double error = estimated_similarity(signature_of(a), signature_of(b)) - exact;
      sum += error;
      squares += error * error;
    }
    const double deviation = std::sqrt(exact * (1 - exact) / signature_values);
    // Five standard errors of the mean of so many rounds, and of the variance (about a normal's); what is added is for the 16
    // bits, which agree by chance once in 65,536 times.
    REQUIRE(std::abs(sum / rounds) <= 5 * deviation / std::sqrt(rounds) + 1e-4);
    REQUIRE(std::sqrt(squares / rounds) <= deviation * (1 + 5 / std::sqrt(2.0 * rounds)) + 1e-3);
    if (exact > 0.05 && exact < 0.95) REQUIRE(std::sqrt(squares / rounds) >= deviation * (1 - 5 / std::sqrt(2.0 * rounds)));
  }
}

TEST_CASE("A signature and a set's digest depend on what is in the set, not on its order") {
  std::mt19937_64 random(8);
  auto [a, b] = sets(random, 30, 1);
  const auto signature = signature_of(a);
  const auto digest = set_of(a).digest;
  std::reverse(a.begin(), a.end());
  REQUIRE(signature_of(a) == signature);
  REQUIRE(set_of(a).digest == digest);
  REQUIRE(set_of(a).shingles == std::ssize(a));
  REQUIRE(set_of(b).digest != digest);
}

TEST_CASE("Signatures on disk are those of the documents, whatever the number of threads") {
  DocumentsFixture fixture;
  RandomTunes random(3);
  std::vector<std::string> texts;
  for (int i = 0; i < 4000; ++i) {
    texts.push_back(abc(random.tune(random.below(80)), i));
    fixture.add("tune " + std::to_string(i), texts.back());
  }
  const Documents documents = fixture.documents();
  const Signatures one = fixture.signatures(documents, 4, 1), eight = fixture.signatures(documents, 4, 8);
  std::vector<Signature> from_one(4000), from_eight(4000);
  one.read(0, from_one);
  eight.read(0, from_eight);
  REQUIRE(one.size() == 4000);
  REQUIRE(from_one == from_eight);
  Shingler shingler(4);
  for (std::size_t i : {0u, 17u, 3999u}) {
    const auto& shingles = shingler.shingles(texts[i]);
    REQUIRE(from_one[i] == signature_of(shingles));
    REQUIRE(eight.set(i).digest == set_of(shingles).digest);
  }
}
