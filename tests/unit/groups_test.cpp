// Which split groups of near-duplicates go to.
#include <catch.hpp>
#include <corpus/split.hpp>
#include <map>
#include <unit/documents_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

using Groups = std::vector<std::uint32_t>;

std::vector<Verdict> splits_of(const SplitOptions& options, const Documents& documents, const Groups& groups) {
  std::vector<Verdict> verdicts(documents.size(), Verdict::kept);
  split_documents(options, documents, groups, verdicts);
  return verdicts;
}

/// Documents named a0 a1 ... and where each would go by itself.
struct Named : DocumentsFixture {
  SplitOptions options{.train = 0.5, .validation = 0.25, .test = 0.25, .seed = 7};
  explicit Named(int count) {
    for (int i = 0; i < count; ++i) add(id(i), "text");
  }
  static std::string id(int number) { return "a" + std::to_string(number); }
  Verdict alone(int number) const { return static_cast<Verdict>(hash_split(options, id(number))); }
  std::uint64_t rank(int number) const { return representative_rank(options.seed, id(number)); }
  int representative(const std::vector<int>& members) const {
    return *std::min_element(members.begin(), members.end(), [&](int a, int b) { return rank(a) < rank(b); });
  }
};

}  // namespace

TEST_CASE("A group goes where its representative goes, whole, and a lone document where it would go alone") {
  Named named(300);
  const Documents documents = named.documents();
  Groups groups(300);
  std::map<std::uint32_t, std::vector<int>> members;
  for (std::uint32_t i = 0; i < 300; ++i) members[groups[i] = i < 200 ? i % 20 : i].push_back(static_cast<int>(i));
  const auto splits = splits_of(named.options, documents, groups);
  for (const auto& [group, all] : members)
    for (const int member : all) REQUIRE(splits[static_cast<std::size_t>(member)] == named.alone(named.representative(all)));
}

TEST_CASE("A new document moves a group only if it becomes its representative") {
  Named named(200);
  int moved = 0, represented = 0;
  for (int added = 3; added < 200; ++added) {
    const int before = named.representative({0, 1, 2}), after = named.representative({0, 1, 2, added});
    represented += after == added;
    moved += named.alone(before) != named.alone(after);
    if (after != added) REQUIRE(named.alone(before) == named.alone(after));
  }
  // One in four becomes the representative.
  REQUIRE(represented > 197 / 4 - 30);
  REQUIRE(represented < 197 / 4 + 30);
  REQUIRE(moved <= represented);

  // The same through the splitting itself: the groups {0 1 2} and then {0 1 2 3}.
  const Documents documents = named.documents();
  Groups groups(200);
  for (std::uint32_t i = 0; i < 200; ++i) groups[i] = i < 3 ? 0 : i;
  const auto before = splits_of(named.options, documents, groups);
  groups[3] = 0;
  const auto after = splits_of(named.options, documents, groups);
  REQUIRE(after[0] == named.alone(named.representative({0, 1, 2, 3})));
  REQUIRE((after[0] == after[1] && after[1] == after[2] && after[2] == after[3]));
  for (std::size_t i = 4; i < 200; ++i) REQUIRE(after[i] == before[i]);
}

TEST_CASE("A document that joins two groups merges them, and they go where the representative of all belongs") {
  Named named(200);
  const Documents documents = named.documents();
  Groups apart(200), merged(200);
  for (std::uint32_t i = 0; i < 200; ++i) {
    apart[i] = i < 5 ? 0 : i < 10 ? 5 : i;
    merged[i] = i < 10 || i == 150 ? 0 : i;
  }
  const auto before = splits_of(named.options, documents, apart), after = splits_of(named.options, documents, merged);
  const int representative = named.representative({0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 150});
  for (std::size_t i = 0; i < 200; ++i) {
    const bool in_group = i < 10 || i == 150;
    REQUIRE(after[i] == (in_group ? named.alone(representative) : before[i]));
  }
  // Of the two groups only the one whose representative gives way can move.
  if (representative < 5) REQUIRE(after[0] == before[0]);
  if (representative >= 5 && representative < 10) REQUIRE(after[5] == before[5]);
}

TEST_CASE("Shares are met on average whatever the sizes of the groups") {
  constexpr int count = 20000;
  DocumentsFixture fixture;
  for (int i = 0; i < count; ++i) fixture.add("b" + std::to_string(i), "text");
  const Documents documents = fixture.documents();
  Groups groups(count);
  // Groups of four: 5,000 of them.
  for (std::uint32_t i = 0; i < count; ++i) groups[i] = i / 4 * 4;
  std::array<int, 3> counts{};
  for (const Verdict split : splits_of({.train = 0.8, .validation = 0.1, .test = 0.1, .seed = 3}, documents, groups))
    ++counts[static_cast<std::size_t>(split)];
  // Five standard deviations of a binomial count of 5,000 groups, four documents each.
  REQUIRE(counts[0] == Approx(16000).margin(5 * 4 * 28.3));
  REQUIRE(counts[1] == Approx(2000).margin(5 * 4 * 21.3));
}

TEST_CASE("shuffle shuffles groups, and its counts are of groups") {
  Named named(100);
  named.options = {.train = 0.5, .validation = 0.3, .test = 0.2, .seed = 42, .method = "shuffle"};
  const Documents documents = named.documents();
  Groups groups(100);
  for (std::uint32_t i = 0; i < 100; ++i) groups[i] = i / 10 * 10;
  const auto splits = splits_of(named.options, documents, groups);
  // Python's shuffle of range(10) with seed 42 is 7 3 2 8 5 6 9 4 0 1.
  for (const int train : {7, 3, 2, 8, 5})
    for (int i = 0; i < 10; ++i) REQUIRE(splits[static_cast<std::size_t>(10 * train + i)] == Verdict::train);
  for (const int validation : {6, 9, 4}) REQUIRE(splits[static_cast<std::size_t>(10 * validation)] == Verdict::validation);
  REQUIRE(splits[0] == Verdict::test);
}

TEST_CASE("A split that the source gives wins, and the rest of the group follows it") {
  DocumentsFixture fixture;
  fixture.add("free", "text");
  fixture.add("given", "text", Split::test);
  fixture.add("free too", "text");
  fixture.add("given otherwise", "text", Split::validation);
  const SplitOptions options{.train = 1, .validation = 0, .test = 0, .seed = 7};
  const bool first = representative_rank(7, "given") < representative_rank(7, "given otherwise");
  const auto splits = splits_of(options, fixture.documents(), {0, 0, 0, 0});
  REQUIRE(splits[1] == Verdict::test);
  REQUIRE(splits[3] == Verdict::validation);
  REQUIRE(splits[0] == (first ? Verdict::test : Verdict::validation));
  REQUIRE(splits[2] == splits[0]);
}

TEST_CASE("What is left out gets no split and represents nobody") {
  Named named(50);
  const Documents documents = named.documents();
  std::vector<int> all, kept;
  for (int i = 0; i < 50; ++i) all.push_back(i);
  const int strongest = named.representative(all);
  std::vector<Verdict> verdicts(50, Verdict::kept);
  verdicts[static_cast<std::size_t>(strongest)] = Verdict::too_long;
  for (const int i : all)
    if (i != strongest) kept.push_back(i);
  split_documents(named.options, documents, Groups(50, 0), verdicts);
  REQUIRE(verdicts[static_cast<std::size_t>(strongest)] == Verdict::too_long);
  REQUIRE(verdicts[static_cast<std::size_t>(kept[0])] == named.alone(named.representative(kept)));
}
