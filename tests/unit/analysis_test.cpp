// The analysis of a sample, against loops over the documents.
#include <catch.hpp>
#include <corpus/analysis.hpp>
#include <numeric>
#include <random>
#include <set>
#include <unit/library_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

/// `count` documents, from hardly repeating to nothing but repeats, of 1 to 60 lines.
void fill(Workshop& workshop, int count) {
  workshop.library.documents.clear();
  std::mt19937 random(7);
  for (int i = 0; i < count; ++i) {
    std::string text;
    const int lines = 1 + i % 60, letters = 1 + i % 13;
    for (int line = 0; line < lines; ++line) {
      for (int note = 0; note < 20; ++note) text += static_cast<char>('A' + random() % static_cast<unsigned>(letters));
      text += "\n";
    }
    workshop.add("folder/tune " + std::to_string(i) + ".mid", text);
  }
}

Analysis analysed(const Documents& documents, std::int64_t count, double threshold, int threads = 2) {
  return analyze(documents, count, threshold, threads, [](std::int64_t, std::int64_t) {});
}

/// A document whose ratio is that many thousandths.
SampledDocument with_ratio(std::int64_t number, std::int64_t thousandths) {
  return {number, "tune-" + std::to_string(number), 100 + number, {1000, thousandths}};
}

Analysis analysis_of(const std::vector<std::int64_t>& thousandths, double threshold) {
  Analysis analysis;
  for (const auto ratio : thousandths) analysis.sample.push_back(with_ratio(analysis.documents++, ratio));
  analysis.asked = analysis.documents;
  analysis.threshold = threshold;
  return analysis;
}

std::vector<std::string> roles_and_numbers(const Analysis& analysis) {
  std::vector<std::string> all;
  for (const auto& song : chosen_songs(analysis)) all.push_back(song.role + " " + std::to_string(song.document->number));
  return all;
}

}  // namespace

TEST_CASE("A sample is drawn from all documents alike, always the same, and all where there are fewer") {
  CHECK(reservoir_sample(5, 9, 1) == std::vector<std::int64_t>{0, 1, 2, 3, 4});
  CHECK(reservoir_sample(0, 9, 1).empty());
  CHECK(reservoir_sample(1000, 30, 1) == reservoir_sample(1000, 30, 1));
  CHECK(reservoir_sample(1000, 30, 1) != reservoir_sample(1000, 30, 2));
  constexpr int draws = 4000;
  std::vector<int> drawn(20);
  for (std::uint64_t seed = 0; seed < draws; ++seed) {
    const auto sample = reservoir_sample(20, 5, seed);
    REQUIRE(sample.size() == 5);
    REQUIRE(std::is_sorted(sample.begin(), sample.end()));
    REQUIRE(std::set(sample.begin(), sample.end()).size() == 5);
    for (const auto number : sample) ++drawn.at(static_cast<std::size_t>(number));
  }
  // Each is expected 1,000 times; five standard deviations are 137.
  for (const int count : drawn) CHECK(std::abs(count - draws / 4) < 137);
}

TEST_CASE("An analysis measures what it draws, whatever the number of threads") {
  Workshop workshop;
  fill(workshop, 300);
  const Documents documents(workshop.prepare().documents_directory);
  const Analysis analysis = analysed(documents, 150, 0.24, 4);
  CHECK(analysis.documents == 300);
  CHECK(analysis.asked == 150);
  REQUIRE(analysis.sample.size() == 150);
  GzipMeter meter;
  for (const auto& sampled : analysis.sample) {
    const Document& document = workshop.library.documents.at(static_cast<std::size_t>(sampled.number));
    const GzipSize size = meter.measure(document);
    REQUIRE(sampled.id == document.id);
    REQUIRE(sampled.characters == static_cast<std::int64_t>(document.text.size()));
    REQUIRE((sampled.size.raw_bytes == size.raw_bytes && sampled.size.gzip_bytes == size.gzip_bytes));
  }
  const Analysis alone = analysed(documents, 150, 0.24, 1);
  for (std::size_t i = 0; i < 150; ++i) REQUIRE(alone.sample[i].number == analysis.sample[i].number);
  CHECK(analysed(documents, 5000, 0.24).sample.size() == 300);
}

TEST_CASE("Quantiles lie on the lines between the sorted values") {
  const std::vector<double> four{1, 2, 4, 8};
  CHECK(quantile(four, 0) == 1);
  CHECK(quantile(four, 1) == 8);
  CHECK(quantile(four, 0.5) == 3);
  CHECK(quantile(four, 0.25) == 1.75);
  CHECK(quantile(four, 0.9) == Approx(6.8));
  CHECK(quantile({3}, 0.7) == 3);
  CHECK(std::isnan(quantile({}, 0.5)));
}

TEST_CASE("Shares, curve and histogram count the documents that a threshold keeps") {
  std::vector<double> ratios;
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) ratios.push_back(static_cast<double>(random() % 1300) / 1000);  // many on a bin's bound
  std::sort(ratios.begin(), ratios.end());
  const auto kept = [&](double threshold) {
    return std::count_if(ratios.begin(), ratios.end(), [&](double ratio) { return ratio >= threshold; });
  };
  for (const double threshold : {0.0, 0.1, 0.24, 0.29, 0.2945, 1.299, 2.0})
    CHECK(kept_share(ratios, threshold) == static_cast<double>(kept(threshold)) / 2000);
  CHECK(kept_share({}, 0.24) == 0);

  const auto curve = threshold_curve(ratios);
  REQUIRE(curve.size() == 31);
  CHECK(curve.front().threshold == 0.10);
  CHECK(curve.back().threshold == 0.40);
  for (const auto& point : curve) CHECK(point.kept == static_cast<double>(kept(point.threshold)) / 2000);

  const double threshold = 0.2945;
  const auto bins = ratio_histogram(ratios, threshold);
  REQUIRE(bins.size() == 100);
  for (const auto& bin : bins) {
    const bool last = bin.high == 1;
    std::int64_t below = 0, above = 0;
    for (const double ratio : ratios)
      if (ratio >= bin.low && (ratio < bin.high || last)) ++(ratio < threshold ? below : above);
    CHECK(bin.dropped == below);
    CHECK(bin.kept == above);
  }
  const auto few = ratio_histogram({0.015, 0.031}, 0.24);
  REQUIRE(few.size() == 4);
  CHECK(few[1].dropped == 1);
  CHECK(few[3].dropped == 1);
}

TEST_CASE("The chosen songs are the five at each end and one on each side of the threshold") {
  const auto analysis = analysis_of({300, 100, 239, 240, 50, 700, 500, 60, 900, 70, 80, 250}, 0.24);
  CHECK(roles_and_numbers(analysis) == std::vector<std::string>{"lowest-1 4", "lowest-2 7", "lowest-3 9", "lowest-4 10",
                                                                "lowest-5 1", "highest-1 8", "highest-2 5", "highest-3 6",
                                                                "highest-4 0", "highest-5 11", "threshold-below 2",
                                                                "threshold-above 3"});
  CHECK(roles_and_numbers(analysis_of({300, 250, 400}, 0.24)) ==
        std::vector<std::string>{"lowest-1 1", "lowest-2 0", "lowest-3 2", "highest-1 2", "highest-2 0", "highest-3 1",
                                 "threshold-above-1 1", "threshold-above-2 0"});
  CHECK(roles_and_numbers(analysis_of({30, 20}, 0.24)) == std::vector<std::string>{"lowest-1 1", "lowest-2 0", "highest-1 0",
                                                                                   "highest-2 1", "threshold-below-1 0",
                                                                                   "threshold-below-2 1"});
  auto empty = analysis_of({0}, 0.24);
  empty.sample[0].size = {};  // nothing but white space has no ratio
  CHECK(chosen_songs(empty).empty());
  CHECK(empty.ratios().empty());
  CHECK(empty.lengths().size() == 1);
}

TEST_CASE("A chosen song's file says why it was chosen, and its name fits any file system") {
  auto document = with_ratio(0, 31);
  const auto named = [&](const std::string& id) {
    document.id = id;
    return ChosenSong{"lowest-1", &document}.file_name();
  };
  CHECK(named("pop/a b.mid") == "lowest-1_ratio-0.0310_pop_a_b.mid.abc");
  CHECK(named("tune.abc") == "lowest-1_ratio-0.0310_tune.abc");
  CHECK(named("../../etc/passwd\n") == "lowest-1_ratio-0.0310_.._.._etc_passwd_.abc");
  CHECK(named("é#1") == "lowest-1_ratio-0.0310_é_1.abc");
  std::string many;
  for (int i = 0; i < 100; ++i) many += "é";
  CHECK(named("x" + many + "xyz").size() <= 120);
  CHECK(named(many + "z").find("é") == std::string("lowest-1_ratio-0.0310_").size());
}
