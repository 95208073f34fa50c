#include <algorithm>
#include <array>
#include <base/text.hpp>
#include <cmath>
#include <etude/unicode.hpp>
#include <report/corpus_charts.hpp>

namespace etude {
namespace {

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

constexpr int bar_pixels = 22;  ///< height of one of a list of bars
constexpr int bins_a_decade = 10;

std::string count(std::int64_t value) { return count_text(static_cast<double>(value)); }

std::string sample_text(const Analysis& analysis) {
  const auto size = static_cast<std::int64_t>(analysis.sample.size());
  return size == analysis.documents ? text("all ", count(size), " documents")
                                    : text("a sample of ", count(size), " of ", count(analysis.documents), " documents");
}

Chart curve_chart(const Analysis& analysis) {
  Numbers thresholds, kept;
  for (const CurvePoint& point : threshold_curve(analysis.ratios())) {
    thresholds.push_back(point.threshold);
    kept.push_back(point.kept);
  }
  const std::vector<ChartColumn> columns{{"threshold", thresholds}, {"kept", kept}};
  const std::vector<Encoding> encodings{{"x", "threshold", "threshold (least gzip ratio of what stays)", ".2f"},
                                        {"y", "kept", "documents kept", "%"}};
  Chart chart{"threshold-curve",
              "What a threshold of the gzip ratio would keep",
              text(sample_text(analysis), "; the dashed line is at ", shortest(analysis.threshold)),
              {{"area", columns, encodings, chart_colors::faint}, {"line", columns, encodings, chart_colors::main}}};
  if (analysis.threshold >= thresholds.front() && analysis.threshold <= thresholds.back())
    chart.layers.push_back({"rule", {{"threshold", Numbers{analysis.threshold}}}, {{"x", "threshold"}}, chart_colors::mark});
  return chart;
}

/// A list of bars with their values beside them.
Chart bar_chart(const std::string& name, const std::string& title, const std::string& subtitle, const Names& names,
                const Numbers& values, const Names& labels, const Encoding& x) {
  const Encoding y{"y", "name"};
  ChartLayer bars{"bar", {{"name", names}, {"value", values}}, {y, x}, chart_colors::main};
  ChartLayer texts{"text", {{"name", names}, {"value", values}, {"label", labels}}, {y, x, {"text", "label"}}, "", "start"};
  Chart chart{name, title, subtitle, {std::move(bars), std::move(texts)}, 460};
  chart.height = bar_pixels * static_cast<int>(std::max<std::size_t>(names.size(), 1));
  return chart;
}

Chart split_chart(const Corpus& corpus) {
  Names names, labels;
  Numbers tokens;
  std::int64_t all = 0;
  for (const Split which : {Split::train, Split::validation, Split::test}) {
    const PackedSplit& split = corpus.split(which);
    names.emplace_back(name(which));
    tokens.push_back(static_cast<double>(split.tokens.size()));
    all += split.tokens.size();
    labels.push_back(
        text(count(split.tokens.size()), " in ", count(static_cast<std::int64_t>(split.documents.size())), " documents"));
  }
  const std::string unique = corpus.transpositions.empty()
                                 ? ""
                                 : text("; ", count(corpus.unique_train_tokens), " of train without its transposed variants");
  return bar_chart("splits", "Tokens of each split", text(count(all), " tokens", unique), names, tokens, labels,
                   {"x", "value", "tokens", "~s"});
}

bool invisible(char32_t c) {
  constexpr std::array<std::pair<char32_t, char32_t>, 6> ranges{
      {{0x0, 0x1F}, {0x7F, 0xA0}, {0xAD, 0xAD}, {0x2000, 0x200F}, {0x2028, 0x202F}, {0xFEFF, 0xFEFF}}};
  return std::any_of(ranges.begin(), ranges.end(), [&](const auto& range) { return c >= range.first && c <= range.second; });
}

}  // namespace

std::string character_name(char32_t character) {
  if (character == '\n') return "newline";
  if (character == ' ') return "space";
  std::string name;
  if (!invisible(character)) {
    append_utf8(name, character);
    return name;
  }
  for (int shift = 12; shift >= 0; shift -= 4) name += "0123456789ABCDEF"[(character >> shift) & 15];
  return "U+" + name;
}

Chart ratio_chart(const Analysis& analysis) {
  const auto ratios = analysis.ratios();
  Numbers low, high, documents;
  Names fate;
  for (const RatioBin& bin : ratio_histogram(ratios, analysis.threshold)) {
    for (const bool kept : {false, true}) {
      low.push_back(bin.low);
      high.push_back(bin.high);
      documents.push_back(static_cast<double>(kept ? bin.kept : bin.dropped));
      fate.emplace_back(kept ? "kept" : "dropped");
    }
  }
  const std::string threshold = shortest(analysis.threshold);
  return {"gzip-ratio",
          "How well the documents compress",
          text(sample_text(analysis), "; median ratio ", fixed(quantile(ratios, 0.5), 3), "; a threshold of ", threshold,
               " keeps ", share_text(kept_share(ratios, analysis.threshold)),
               !ratios.empty() && ratios.back() >= 1 ? "; the last bar has all that is greater" : ""),
          {{"bar",
            {{"low", low}, {"high", high}, {"documents", documents}, {"fate", fate}},
            {{"x", "low", "gzip ratio (compressed bytes / bytes without white space)", ".2f"},
             {"x2", "high"},
             {"y", "documents", "documents", ",d"},
             {"color", "fate", "", "", false, {chart_colors::faint, chart_colors::main}}}},
           {"rule", {{"threshold", Numbers{analysis.threshold}}}, {{"x", "threshold"}}, chart_colors::mark}}};
}

/// Bins whose bounds grow by the same factor.
Chart length_chart(const Analysis& analysis) {
  const auto lengths = analysis.lengths();
  Numbers low, high, documents;
  auto from = std::lower_bound(lengths.begin(), lengths.end(), 1.0);  // a logarithm has no place for empty ones
  int bin = from == lengths.end() ? 0 : static_cast<int>(std::floor(std::log10(*from) * bins_a_decade));
  for (; from != lengths.end(); ++bin) {
    const double bound = std::pow(10.0, static_cast<double>(bin + 1) / bins_a_decade);
    const auto to = std::lower_bound(from, lengths.end(), bound);
    low.push_back(std::pow(10.0, static_cast<double>(bin) / bins_a_decade));
    high.push_back(bound);
    documents.push_back(static_cast<double>(to - from));
    from = to;
  }
  return {
      "lengths",
      "How long the documents are",
      text(sample_text(analysis), "; median ", count_text(quantile(lengths, 0.5)), " characters, longest ",
           count_text(quantile(lengths, 1))),
      {{"bar",
        {{"low", low}, {"high", high}, {"documents", documents}},
        {{"x", "low", "characters a document (logarithmic)", "~s", true}, {"x2", "high"}, {"y", "documents", "documents", ",d"}},
        chart_colors::main}}};
}

Chart character_chart(const std::vector<std::pair<char32_t, std::int64_t>>& histogram) {
  double all = 0;
  for (const auto& entry : histogram) all += static_cast<double>(entry.second);
  Names names, labels;
  Numbers shares;
  for (std::size_t i = 0; i < std::min(shown_characters, histogram.size()); ++i) {
    names.push_back(character_name(histogram[i].first));
    shares.push_back(static_cast<double>(histogram[i].second) / all);
    labels.push_back(share_text(shares.back()));
  }
  return bar_chart("characters", "The most frequent characters",
                   text(names.size(), " of ", histogram.size(), " in ", count_text(all), " characters"), names, shares, labels,
                   {"x", "value", "share of all characters", "%"});
}

Chart outcome_chart(const std::map<std::string, std::int64_t>& counts, std::int64_t kept) {
  std::vector<std::pair<std::string, std::int64_t>> outcomes(counts.begin(), counts.end());
  outcomes.emplace_back("kept", kept);
  std::stable_sort(outcomes.begin(), outcomes.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  Names names, labels;
  Numbers numbers;
  for (const auto& [result, number] : outcomes) {
    names.push_back(result);
    numbers.push_back(static_cast<double>(number));
    labels.push_back(count(number));
  }
  return bar_chart("outcomes", "What became of the sources", "sources and documents by outcome", names, numbers, labels,
                   {"x", "value", "sources or documents", "~s"});
}

std::vector<Chart> corpus_charts(const Corpus& corpus, const Analysis& analysis) {
  const auto kept =
      corpus.train_documents + static_cast<std::int64_t>(corpus.validation.documents.size() + corpus.test.documents.size());
  return {ratio_chart(analysis),
          curve_chart(analysis),
          length_chart(analysis),
          character_chart(corpus.histogram),
          outcome_chart(corpus.outcome_counts, kept),
          split_chart(corpus)};
}

}  // namespace etude
