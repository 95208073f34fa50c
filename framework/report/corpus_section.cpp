#include <algorithm>
#include <base/system.hpp>
#include <base/text.hpp>
#include <corpus/analysis.hpp>
#include <corpus/corpus_facts.hpp>
#include <record/recorded_text.hpp>
#include <report/corpus_charts.hpp>
#include <report/html.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

// Enough to see how they are distributed, and measured in a moment.
constexpr std::int64_t measured_documents = 2000;

/// A corpus and the runs that learned from it.
struct UsedCorpus {
  std::string fingerprint;
  const RunHeader* header = nullptr;  ///< of the first of them
  std::vector<std::string> labels{};
};

std::vector<UsedCorpus> used_corpora(const ReportData& data) {
  std::vector<UsedCorpus> corpora;
  for (const auto& run : data.runs) {
    const RunHeader& header = run.data.header;
    const std::string fingerprint = recorded_text(header.provenance, "corpus_fingerprint");
    if (fingerprint.empty() || header.corpus.empty()) continue;
    auto found = std::find_if(corpora.begin(), corpora.end(), [&](const auto& one) { return one.fingerprint == fingerprint; });
    if (found == corpora.end()) found = corpora.insert(corpora.end(), {fingerprint, &header});
    found->labels.push_back(header.label);
  }
  return corpora;
}

/// What a run recorded of its corpus under this name.
std::optional<double> recorded(const UsedCorpus& corpus, const std::string& name) {
  const auto found = corpus.header->corpus.find(name);
  return found == corpus.header->corpus.end() ? std::nullopt : std::optional(found->second);
}

std::string two_digits(double value) { return fixed(value, 2); }

std::string split_table(const UsedCorpus& corpus) {
  HtmlTable table{
      "splits of the corpus",
      {"split", "documents", "characters", "tokens", "tokens a character", "unknown characters", "near twin in training"}};
  for (const std::string split : {"train", "validation", "test"}) {
    const auto of_split = [&](const char* name) { return recorded(corpus, split + "_" + name); };
    table.rows.push_back({{split},
                          number_cell(of_split("documents"), count_text),
                          number_cell(of_split("characters"), count_text),
                          number_cell(of_split("tokens"), count_text),
                          number_cell(of_split("tokens_per_character"), two_digits),
                          number_cell(of_split("unknown_share"), share_text),
                          number_cell(of_split("leakage_share"), share_text)});
  }
  return html_table(table);
}

/// What near-duplicates mean for the losses of this study.
std::string leakage_in_words(const UsedCorpus& corpus) {
  const auto validation = recorded(corpus, "validation_leakage_share"), test = recorded(corpus, "test_leakage_share");
  if (!validation || !test) return "";
  if (*validation == 0 && *test == 0) return "No document of validation or test has a near-duplicate in training.";
  return text("Leakage: ", share_text(*validation), " of the validation documents and ", share_text(*test),
              " of the test documents have a near-duplicate in training. A model may know those by heart, which makes its losses "
              "look better than they are on new music; duplicates.use = \"group\" keeps near-duplicates in one split.");
}

std::string size_in_words(const UsedCorpus& corpus) {
  const auto groups = recorded(corpus, "duplicate_groups"), duplicates = recorded(corpus, "duplicate_documents"),
             used = recorded(corpus, "vocabulary_used"), variants = recorded(corpus, "train_variants");
  std::string words;
  if (groups && duplicates)
    words += *groups == 0
                 ? "It has no near-duplicates. "
                 : text(count_text(*duplicates), " documents are in ", count_text(*groups), " groups of near-duplicates. ");
  if (variants && *variants > 0)
    words += text("Training has ", count_text(*variants), " transposed variants beside its originals. ");
  if (used) words += text("Training uses ", count_text(*used), " different tokens.");
  return words;
}

Chart ratio_chart_of(const Analysis& analysis, const CorpusFacts& facts) {
  Chart chart = ratio_chart(analysis);
  if (facts.min_gzip_ratio <= 0) chart.subtitle += ". This corpus has no such filter: the threshold is the published study's";
  return chart;
}

std::vector<Chart> charts_of(const CorpusFacts& facts) {
  std::int64_t kept = 0;
  for (const auto& split : facts.texts.splits) kept += split.documents;
  std::vector<Chart> charts{outcome_chart(facts.texts.outcome_counts, kept)};
  if (facts.documents) {
    const double threshold = facts.min_gzip_ratio > 0 ? facts.min_gzip_ratio : study_gzip_ratio;
    const Analysis analysis =
        analyze(*facts.documents, measured_documents, threshold, cpu_count(), [](std::int64_t, std::int64_t) {});
    if (!analysis.ratios().empty()) charts.push_back(ratio_chart_of(analysis, facts));
    charts.push_back(length_chart(analysis));
  }
  return charts;
}

/// The HTML of charts that the section then has.
std::string charts_html(std::vector<Chart> charts, const std::string& corpus, Section& section) {
  std::string html;
  for (Chart& chart : charts) {
    chart.name = text("corpus-", corpus, "-", chart.name);
    html += chart_place(chart, chart.title + ": " + chart.subtitle);
    section.charts.push_back(std::move(chart));
  }
  return html;
}

void add_corpus(const ReportData& data, const UsedCorpus& corpus, bool only_one, Section& section) {
  const std::string name = corpus.fingerprint.substr(0, 8);
  const auto facts = find_corpus_facts(data.directory / ".." / ".corpus", corpus.fingerprint);
  if (!only_one) section.html += text("<h3>", escape_html("Corpus " + name), "</h3>\n");
  if (facts)
    section.html += paragraph(text("Made by the dataset ", facts->dataset, " and the tokenizer ", facts->tokenizer, "."));
  section.html += split_table(corpus) + paragraph(leakage_in_words(corpus)) + paragraph(size_in_words(corpus));
  if (!only_one)
    section.html += details(text(counted(static_cast<std::int64_t>(corpus.labels.size()), "run"), " with this corpus"),
                            list_of(corpus.labels));
  if (!facts) {
    section.left_out.push_back(
        text("charts of the corpus ", name, ": it does not lie in .corpus beside the study, where `etude run` made it"));
    return;
  }
  if (!facts->documents)
    section.left_out.push_back(text("gzip ratios and lengths of the corpus ", name, ": its documents are no longer in .corpus"));
  section.html += "<div class=\"pair\">\n" + charts_html(charts_of(*facts), name, section) + "</div>\n";
  section.html += details("the most frequent characters", charts_html({character_chart(facts->texts.histogram)}, name, section));
}

}  // namespace

Section corpus_section(const ReportData& data) {
  Section section{.id = "corpus", .title = "Corpus"};
  const auto corpora = used_corpora(data);
  for (const auto& corpus : corpora) add_corpus(data, corpus, corpora.size() == 1, section);
  return section;
}

}  // namespace etude
