#include <algorithm>
#include <catch.hpp>
#include <cmath>
#include <etude/random.hpp>
#include <generate/choose_token.hpp>
#include <map>

using namespace etude;

namespace {

/// Probabilities by the words of study.md and sampling.hpp, each rule a plain loop over a sorted list: nothing here is shared
/// with TokenChooser.
std::map<TokenId, double> oracle(const std::vector<float>& logits, const std::vector<TokenId>& before, const SampleRequest& r) {
  std::map<TokenId, double> scores;
  for (std::size_t i = 0; i < logits.size(); ++i) scores[static_cast<TokenId>(i)] = static_cast<double>(logits[i]);
  const auto window = std::min<std::size_t>(before.size(), static_cast<std::size_t>(r.repetition_window));
  for (auto& [id, score] : scores)
    if (std::find(before.end() - static_cast<std::ptrdiff_t>(window), before.end(), id) != before.end())
      score = score > 0 ? score / r.repetition_penalty : score * r.repetition_penalty;
  for (auto& [id, score] : scores) score /= r.temperature;

  std::vector<std::pair<double, TokenId>> sorted;  // minus the score, so that equal ones are in the order of their ids
  for (const auto& [id, score] : scores) sorted.emplace_back(-score, id);
  std::sort(sorted.begin(), sorted.end());
  if (r.top_k > 0 && r.top_k < std::ssize(sorted)) sorted.resize(static_cast<std::size_t>(r.top_k));

  const auto normalised = [&] {
    double sum = 0;
    for (const auto& [minus_score, id] : sorted) sum += std::exp(sorted[0].first - minus_score);
    std::vector<double> probabilities;
    for (const auto& [minus_score, id] : sorted) probabilities.push_back(std::exp(sorted[0].first - minus_score) / sum);
    return probabilities;
  };
  auto probabilities = normalised();
  double cumulative = 0;
  std::size_t kept = 0;
  while (kept < sorted.size() && cumulative <= r.top_p) cumulative += probabilities[kept++];
  sorted.resize(kept);
  probabilities = normalised();
  kept = 0;
  while (kept < sorted.size() && probabilities[kept] >= r.min_p * probabilities[0]) ++kept;
  sorted.resize(kept);

  std::map<TokenId, double> result;
  probabilities = normalised();
  for (std::size_t i = 0; i < sorted.size(); ++i) result[sorted[i].second] = probabilities[i];
  return result;
}

/// What TokenChooser draws as often as this, measured by asking for `draws` evenly spread units.
std::map<TokenId, double> drawn(const std::vector<float>& logits, const std::vector<TokenId>& before, const SampleRequest& r,
                                int draws) {
  TokenChooser chooser(r, std::ssize(logits));
  std::map<TokenId, double> shares;
  for (int i = 0; i < draws; ++i) shares[chooser.choose(logits, before, (i + 0.5) / draws)] += 1.0 / draws;
  return shares;
}

void check_equal(const std::map<TokenId, double>& shares, const std::map<TokenId, double>& expected, int draws) {
  for (const auto& [id, share] : shares) REQUIRE(expected.contains(id));
  for (const auto& [id, probability] : expected) {
    const auto found = shares.find(id);
    REQUIRE(std::abs((found == shares.end() ? 0.0 : found->second) - probability) < 1.5 / draws);
  }
}

SampleRequest request(auto... changes) {
  SampleRequest r;
  r.count = r.new_tokens = 1;
  (changes(r), ...);
  return r;
}

TokenId choose(const std::vector<float>& logits, const SampleRequest& r, double unit, const std::vector<TokenId>& before = {}) {
  return TokenChooser(r, std::ssize(logits)).choose(logits, before, unit);
}

float log_of(double p) { return static_cast<float>(std::log(p)); }

}  // namespace

TEST_CASE("Any mixture of sampling rules draws tokens as often as a plain reading of the rules says") {
  constexpr int draws = 2000;
  std::uint64_t counter = 0;
  const auto random = [&] { return random_unit(mix_bits(++counter)); };
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<float> logits(2 + static_cast<std::size_t>(random() * 40));
    for (auto& logit : logits) logit = static_cast<float>(random() * 8 - 4);
    if (trial % 3 == 0)  // ties
      for (auto& logit : logits) logit = std::round(logit);
    std::vector<TokenId> before(static_cast<std::size_t>(random() * 12));
    for (auto& id : before) id = static_cast<TokenId>(random() * static_cast<double>(logits.size()));
    const auto r = request([&](SampleRequest& one) {
      one.temperature = 0.3 + random();
      if (random() < 0.5) one.top_k = 1 + static_cast<std::int64_t>(random() * 30);
      if (random() < 0.5) one.top_p = 0.05 + 0.95 * random();
      if (random() < 0.5) one.min_p = random();
      if (random() < 0.5) one.repetition_penalty = 0.7 + random();
      one.repetition_window = 1 + static_cast<std::int64_t>(random() * 8);
    });
    INFO("trial " << trial << ": " << logits.size() << " logits, temperature " << r.temperature << ", top-k " << r.top_k
                  << ", top-p " << r.top_p << ", min-p " << r.min_p << ", penalty " << r.repetition_penalty);
    check_equal(drawn(logits, before, r, draws), oracle(logits, before, r), draws);
  }
}

TEST_CASE("Temperature zero chooses the likeliest token whatever is drawn, and the first of equals") {
  const auto greedy = request([](auto& r) { r.temperature = 0; });
  CHECK(choose({0.1f, 3.0f, 2.9f}, greedy, 0.999) == 1);
  CHECK(choose({0.1f, 3.0f, 3.0f}, greedy, 0.999) == 1);
}

TEST_CASE("A low temperature sharpens the distribution") {
  const auto cold = request([](auto& r) { r.temperature = 0.5; });
  // At temperature 1/2 the odds 3:2 become 9:4.
  CHECK(choose({log_of(0.6), log_of(0.4)}, cold, 9.0 / 13.0 - 1e-6) == 0);
  CHECK(choose({log_of(0.6), log_of(0.4)}, cold, 9.0 / 13.0 + 1e-6) == 1);
}

TEST_CASE("A top-p set includes the token that passes the threshold, and one token at least") {
  const std::vector<float> logits{log_of(0.5), log_of(0.3), log_of(0.2)};
  const auto kept = [&](double p) { return drawn(logits, {}, request([&](auto& r) { r.top_p = p; }), 1000).size(); };
  CHECK(kept(0.01) == 1);
  CHECK(kept(0.49) == 1);
  CHECK(kept(0.51) == 2);
  CHECK(kept(0.79) == 2);
  CHECK(kept(0.81) == 3);
}

TEST_CASE("A repetition penalty divides positive and multiplies negative logits of the ids in its window, once") {
  const auto penalised = request([](auto& r) {
    r.repetition_penalty = 2;
    r.repetition_window = 2;
    r.temperature = 0;
  });
  CHECK(choose({3.0f, 2.0f, -1.0f}, penalised, 0, {0}) == 1);        // 1.5 < 2
  CHECK(choose({3.0f, 2.0f, -1.0f}, penalised, 0, {0, 1, 1}) == 0);  // out of the window
  CHECK(choose({3.0f, 1.0f, -1.0f}, penalised, 0, {0, 0}) == 0);     // 1.5, not 0.75
  CHECK(choose({-1.5f, -1.0f, -9.0f}, penalised, 0, {1}) == 0);      // -2 < -1.5
}

TEST_CASE("A repetition penalty next to nothing makes a repeated token sure, and is not taken for a model gone wrong") {
  const auto tiny = request([](auto& r) { r.repetition_penalty = 1e-320; });
  for (const double unit : {0.0, 0.5, std::nextafter(1.0, 0.0)}) CHECK(choose({9.0f, 2.0f, 3.0f}, tiny, unit, {1}) == 1);
}

TEST_CASE("Tokens that are forbidden by minus infinity are never drawn, not even at the ends") {
  constexpr float never = -std::numeric_limits<float>::infinity();
  for (const double unit : {0.0, 0.5, std::nextafter(1.0, 0.0)}) CHECK(choose({never, 1.0f, never}, request(), unit) == 1);
}

TEST_CASE("Logits that are no numbers are an error, not a token") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()})
    CHECK_THROWS_WITH(choose({0.0f, bad, 1.0f}, request(), 0.5), Catch::Contains("no finite numbers"));
  constexpr float never = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH(choose({never, never}, request(), 0.5), Catch::Contains("no finite numbers"));
}

TEST_CASE("Values of a sample request out of their range are named") {
  const auto refused = [](auto change, const char* name) {
    auto r = request();
    REQUIRE_NOTHROW(require_valid(r));
    change(r);
    CHECK_THROWS_WITH(require_valid(r), Catch::Contains(name));
  };
  refused([](auto& r) { r.count = 0; }, "number of texts");
  refused([](auto& r) { r.new_tokens = 0; }, "number of new tokens");
  refused([](auto& r) { r.count = std::numeric_limits<std::int64_t>::max(); }, "number of texts");
  refused([](auto& r) { r.new_tokens = 1'000'000'001; }, "number of new tokens");
  refused([](auto& r) { r.temperature = -0.1; }, "temperature");
  refused([](auto& r) { r.temperature = std::nan(""); }, "temperature");
  refused([](auto& r) { r.top_k = -1; }, "top-k");
  refused([](auto& r) { r.top_p = 0; }, "top-p");
  refused([](auto& r) { r.top_p = 1.01; }, "top-p");
  refused([](auto& r) { r.min_p = -0.1; }, "min-p");
  refused([](auto& r) { r.repetition_penalty = 0; }, "repetition penalty");
  refused([](auto& r) { r.repetition_window = 0; }, "repetition window");
}
