// Groups and leakage against an oracle that compares all pairs.
#include <catch.hpp>
#include <corpus/near_duplicates.hpp>
#include <ctime>
#include <numeric>
#include <unit/documents_fixture.hpp>
#include <unit/random_tunes.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

/// Tunes in families: each has copies with more and more bars changed.
struct Families {
  std::vector<Bars> tunes;
  Families(int families, unsigned seed) {
    RandomTunes random(seed);
    for (int family = 0; family < families; ++family) {
      const Bars first = random.tune(16 + random.below(80));
      tunes.push_back(first);
      for (std::size_t copy = random.below(4); copy > 0; --copy) {
        // Some are copies of copies, so that groups are more than stars.
        const Bars& of = random.below(2) == 0 ? first : tunes.back();
        tunes.push_back(random.changed(of, random.below(5)));
      }
    }
  }
};

/// The similarity of every pair (row, column).
using Similarities = std::vector<std::vector<double>>;

Similarities exact_similarities(const std::vector<Bars>& tunes) {
  Similarities all(tunes.size(), std::vector<double>(tunes.size(), 1.0));
  for (std::size_t b = 0; b < tunes.size(); ++b)
    for (std::size_t a = 0; a < b; ++a) all[a][b] = all[b][a] = exact_similarity(tunes[a], tunes[b], 4);
  return all;
}

/// The components of the graph of all pairs that reach the similarity, by the words of the definition.
std::vector<std::uint32_t> exact_groups(const Similarities& exact, double similarity) {
  std::vector<std::uint32_t> group(exact.size());
  std::iota(group.begin(), group.end(), 0u);
  for (std::size_t b = 0; b < exact.size(); ++b)
    for (std::size_t a = 0; a < b; ++a) {
      if (exact[a][b] < similarity) continue;
      const std::uint32_t low = std::min(group[a], group[b]), high = std::max(group[a], group[b]);
      std::replace(group.begin(), group.end(), high, low);
    }
  return group;
}

struct Search {
  DocumentsFixture fixture;
  std::optional<Documents> documents;
  std::optional<Signatures> signatures;

  explicit Search(const std::vector<std::string>& texts) {
    for (std::size_t i = 0; i < texts.size(); ++i) fixture.add(std::to_string(i), texts[i]);
    documents = fixture.documents();
    signatures = fixture.signatures(*documents);
  }
  TwinSearch search(double similarity = 0.8, int threads = 2) const {
    return {*documents, *signatures, similarity, 4, threads, [](int, int) {}};
  }
  std::vector<std::uint32_t> groups(double similarity = 0.8, int threads = 2) const {
    return find_groups(search(similarity, threads), std::vector<Verdict>(documents->size(), Verdict::kept));
  }
};

std::vector<std::string> texts_of(const std::vector<Bars>& tunes) {
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < tunes.size(); ++i) texts.push_back(abc(tunes[i], static_cast<int>(i)));
  return texts;
}

}  // namespace

TEST_CASE("Groups are the connected components of the pairs that reach the similarity") {
  const Families families(100, 11);
  const Search search(texts_of(families.tunes));
  const auto exact = exact_similarities(families.tunes);
  for (const double similarity : {0.5, 0.7, 0.8, 0.9, 1.0}) {
    const auto expected = exact_groups(exact, similarity);
    const auto found = search.groups(similarity);
    std::size_t different = 0;
    for (std::size_t i = 0; i < found.size(); ++i) different += found[i] != expected[i];
    // Banding misses a pair at the very threshold once in 200 times at most; that can only split groups.
    REQUIRE(different <= 2);
    for (std::size_t i = 0; i < found.size(); ++i) REQUIRE(expected[found[i]] == expected[i]);
  }
}

TEST_CASE("Groups do not depend on the number of threads, and are named by their first document") {
  const Families families(300, 12);
  const Search search(texts_of(families.tunes));
  const auto groups = search.groups(0.8, 1);
  REQUIRE(search.groups(0.8, 7) == groups);
  for (std::uint32_t i = 0; i < groups.size(); ++i) {
    REQUIRE(groups[i] <= i);
    REQUIRE(groups[groups[i]] == groups[i]);
  }
}

TEST_CASE("Documents that are left out join nothing") {
  RandomTunes random(1);
  const Bars a = random.tune(60), bridge = random.changed(a, 1), b = random.changed(bridge, 1);
  const Search search({abc(a), abc(bridge), abc(b), abc(a, 9)});
  std::vector<Verdict> verdicts(4, Verdict::kept);
  REQUIRE(find_groups(search.search(0.85), verdicts) == std::vector<std::uint32_t>{0, 0, 0, 0});
  verdicts[1] = Verdict::too_short;
  REQUIRE(exact_similarity(a, b, 4) < 0.85);
  REQUIRE(find_groups(search.search(0.85), verdicts) == std::vector<std::uint32_t>{0, 1, 2, 0});
}

TEST_CASE("A document leaks if it has a twin in training itself, not if only its group has one") {
  RandomTunes random(1);
  const Bars a = random.tune(60), bridge = random.changed(a, 1), b = random.changed(bridge, 1);
  REQUIRE(exact_similarity(a, b, 4) < 0.85);
  const Search search({abc(a), abc(bridge), abc(b), abc(a, 9), abc(random.tune(40))});
  using enum Verdict;
  const auto leaks = [&](std::vector<Verdict> splits) { return find_leaks(search.search(0.85), splits); };
  using Leaks = std::vector<std::uint8_t>;
  REQUIRE(leaks({train, validation, test, validation, test}) == Leaks{0, 1, 0, 1, 0});
  REQUIRE(leaks({train, train, test, test, validation}) == Leaks{0, 0, 1, 1, 0});
  REQUIRE(leaks({validation, validation, train, test, train}) == Leaks{0, 1, 0, 0, 0});
  REQUIRE(leaks({train, duplicate, validation, duplicate, test}) == Leaks{0, 0, 0, 0, 0});
}

TEST_CASE("Leaks are those that comparing all pairs finds") {
  const Families families(120, 13);
  const Search search(texts_of(families.tunes));
  const auto exact = exact_similarities(families.tunes);
  RandomTunes random(14);
  std::vector<Verdict> splits;
  for (std::size_t i = 0; i < families.tunes.size(); ++i) splits.push_back(static_cast<Verdict>(random.below(3)));
  const auto found = find_leaks(search.search(), splits);
  std::size_t leaking = 0, missed = 0;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    bool expected = false;
    for (std::size_t j = 0; j < splits.size() && splits[i] != Verdict::train && !expected; ++j)
      expected = splits[j] == Verdict::train && exact[i][j] >= 0.8;
    leaking += expected;
    missed += expected && !found[i];
    REQUIRE((expected || !found[i]));
  }
  REQUIRE(leaking > 20);
  REQUIRE(missed <= 1);
}

TEST_CASE("Bands catch a pair at the threshold 199 times in 200, and few that are far below") {
  for (const double similarity : {0.5, 0.6, 0.7, 0.8, 0.9, 0.95}) {
    const Banding banding = banding_for(similarity);
    REQUIRE(banding.bands * banding.rows <= static_cast<int>(signature_values));
    REQUIRE(banding.probability(similarity) >= 0.995);
    REQUIRE(banding.probability(similarity / 3) < 0.5);
  }
  // 1 - (1 - 0.5^2)^3
  REQUIRE(Banding{3, 2}.probability(0.5) == Approx(0.578125));
  REQUIRE(banding_for(0.8).rows == 6);
}

TEST_CASE("Thousands of equal, nearly equal or merely similar documents take no quadratic time") {
  RandomTunes random(2);
  const Bars tune = random.tune(60);
  std::vector<std::string> texts;
  constexpr int count = 6000;
  bool one_group = false;
  SECTION("equal") {
    one_group = true;
    for (int i = 0; i < count; ++i) texts.push_back(abc(tune, i));
  }
  SECTION("nearly equal") {
    one_group = true;
    texts.push_back(abc(tune));  // every copy's twin; two copies with changes at different places are none
    for (int i = 1; i < count; ++i) texts.push_back(abc(random.changed(tune, 1), i));
  }
  SECTION("with half in common, so that they meet in many bands and are no twins") {
    for (int i = 0; i < count; ++i) {
      Bars bars = random.tune(22);
      bars.insert(bars.begin(), tune.begin(), tune.begin() + 40);
      texts.push_back(abc(bars, i));
    }
  }
  const Search search(texts);
  const std::clock_t begin = std::clock();  // of the processor: others may keep it busy meanwhile
  const auto groups = search.groups();
  const std::clock_t taken = std::clock() - begin;
  // All 18 million pairs in each of 21 bands would take minutes.
  REQUIRE(taken < 20 * CLOCKS_PER_SEC);
  REQUIRE(std::all_of(groups.begin(), groups.end(), [](auto group) { return group == 0; }) == one_group);
  if (!one_group) REQUIRE(std::set(groups.begin(), groups.end()).size() == count);
}
