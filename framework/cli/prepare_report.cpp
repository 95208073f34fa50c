#include <algorithm>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/prepare_report.hpp>
#include <cmath>
#include <corpus/corpus_file.hpp>
#include <etude/unicode.hpp>
#include <nlohmann/json.hpp>
#include <report/corpus_charts.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array all_splits{Split::train, Split::validation, Split::test};

std::int64_t originals(const Corpus& corpus, Split which) {
  return which == Split::train ? corpus.train_documents : static_cast<std::int64_t>(corpus.split(which).documents.size());
}

std::int64_t variants(const Corpus& corpus, Split which) {
  return static_cast<std::int64_t>(corpus.split(which).documents.size()) - originals(corpus, which);
}

std::int64_t kept_documents(const Corpus& corpus) {
  std::int64_t all = 0;
  for (const Split each : all_splits) all += originals(corpus, each);
  return all;
}

double share_of_all(const Corpus& corpus, Split which) {
  const std::int64_t all = kept_documents(corpus);
  return all ? static_cast<double>(originals(corpus, which)) / static_cast<double>(all) : 0.0;
}

double wanted_share(const SplitOptions& split, Split which) {
  return which == Split::train ? split.train : which == Split::validation ? split.validation : split.test;
}

const Leakage& leakage_of(const Corpus& corpus, Split which) {
  static const Leakage none;
  return which == Split::train ? none : which == Split::validation ? corpus.duplicates.validation : corpus.duplicates.test;
}

std::string joined(const auto& numbers) {
  std::string all;
  for (const auto number : numbers) all += text(all.empty() ? "" : " ", number);
  return all;
}

std::string separator_name(const Corpus& corpus) {
  if (corpus.tokenizer->end_of_text()) return text("end-of-text, id ", *corpus.tokenizer->end_of_text());
  return text(Value(corpus.separator_text).toml(), ", ids ", joined(corpus.separator));
}

std::string outcomes_text(const Corpus& corpus) {
  TextTable table({"outcome", "sources or documents"});
  for (const auto& [result, count] : corpus.outcome_counts) table.add({result, std::to_string(count)});
  table.add({"kept", std::to_string(kept_documents(corpus))});
  return table.text() + '\n';
}

std::string splits_text(const PreparedCorpus& prepared) {
  const Corpus& corpus = prepared.corpus;
  const bool transposed = !corpus.transpositions.empty();
  std::vector<std::string> titles{"split", "documents", "share", "asked"};
  if (transposed) titles.emplace_back("variants");
  for (const char* title : {"characters", "tokens", "tokens/char", "unknown", "twin in training"}) titles.emplace_back(title);
  TextTable table(std::move(titles));
  for (const Split which : all_splits) {
    const PackedSplit& split = corpus.split(which);
    std::vector<std::string> row{name(which), std::to_string(originals(corpus, which)),
                                 fixed(100 * share_of_all(corpus, which), 2) + " %",
                                 fixed(100 * wanted_share(prepared.experiment->split, which), 2) + " %"};
    if (transposed) row.push_back(std::to_string(variants(corpus, which)));
    row.insert(row.end(),
               {std::to_string(split.characters), std::to_string(split.tokens.size()), fixed(split.tokens_per_character(), 3),
                share_text(split.unknown_share()), which == Split::train ? "" : share_text(leakage_of(corpus, which).share())});
    table.add(std::move(row));
  }
  return table.text() + '\n';
}

std::string histogram_text(const Corpus& corpus) {
  double all = 0;
  for (const auto& [character, count] : corpus.histogram) all += static_cast<double>(count);
  TextTable table({"character", "count", "share"});
  for (std::size_t i = 0; i < std::min(shown_characters, corpus.histogram.size()); ++i) {
    const auto& [character, count] = corpus.histogram[i];
    table.add({character_name(character), std::to_string(count), fixed(100 * static_cast<double>(count) / all, 2) + " %"});
  }
  return text(corpus.histogram.size(), " distinct characters; the most frequent:\n", table.text(), '\n');
}

std::string quantiles_text(const Analysis& analysis) {
  const auto ratios = analysis.ratios(), lengths = analysis.lengths();
  TextTable table({"quantile", "gzip ratio", "characters"});
  for (const double share : quantile_shares)
    table.add({share == 0   ? "least"
               : share == 1 ? "greatest"
                            : percent_text(share),
               fixed(quantile(ratios, share), 4), fixed(quantile(lengths, share), 0)});
  return table.text();
}

/// Bins of the histogram five by five, each with a bar; the longest is `width` long.
std::string bars_text(const Analysis& analysis) {
  constexpr std::size_t together = 5, width = 40;
  std::vector<RatioBin> wide;
  std::int64_t most = 1;
  const auto bins = ratio_histogram(analysis.ratios(), analysis.threshold);
  for (std::size_t i = 0; i < bins.size(); ++i) {
    if (i % together == 0) wide.push_back({bins[i].low, bins[i].low + together / 100.0});
    wide.back().dropped += bins[i].dropped;
    wide.back().kept += bins[i].kept;
    most = std::max(most, wide.back().dropped + wide.back().kept);
  }
  const auto bar = [&](std::int64_t count) {
    return static_cast<std::size_t>((count * static_cast<std::int64_t>(width) + most - 1) / most);
  };
  TextTable table({"gzip ratio", "documents", ""});
  for (const RatioBin& bin : wide)
    table.add({text(fixed(bin.low, 2), bin.high < 1 ? text("-", fixed(bin.high, 2)) : " and above"),
               std::to_string(bin.dropped + bin.kept), std::string(bar(bin.dropped), '.') + std::string(bar(bin.kept), '#')});
  return table.text();
}

std::string curve_text(const Analysis& analysis) {
  TextTable table({"threshold", "kept"});
  const auto curve = threshold_curve(analysis.ratios());
  for (std::size_t i = 0; i < curve.size(); i += 5)
    table.add({fixed(curve[i].threshold, 2), fixed(100 * curve[i].kept, 1) + " %"});
  return table.text();
}

std::string songs_text(const Analysis& analysis) {
  TextTable table({"song", "gzip ratio", "id"});
  for (const ChosenSong& song : chosen_songs(analysis))
    table.add({song.role, fixed(song.document->ratio(), 4), song.document->id});
  return table.text();
}

std::string analysis_text(const PreparedCorpus& prepared) {
  const CorpusReport& report = prepared.report;
  const Analysis& analysis = *report.analysis;
  const auto ratios = analysis.ratios();
  const bool configured = prepared.experiment->filter.min_gzip_ratio > 0;
  std::string out = text("\nanalysis of ", analysis.sample.size(), " of ", analysis.documents, " documents, before any filter\n");
  if (ratios.empty()) return out + "  none has a gzip ratio\n";
  return text(out, "a gzip ratio of at least ", shortest(analysis.threshold),
              configured ? " (filter.min_gzip_ratio) keeps " : " (the study's; filter.min_gzip_ratio is not set) would keep ",
              fixed(100 * kept_share(ratios, analysis.threshold), 2), " %\n\n", quantiles_text(analysis), '\n',
              bars_text(analysis), "'.' dropped, '#' kept\n\n", curve_text(analysis), '\n', songs_text(analysis), "songs        ",
              (report.analysis_directory / "songs").string(), "\ncharts       ", report.analysis_directory.string(), "\n");
}

std::string facts_text(const PreparedCorpus& prepared) {
  const Corpus& corpus = prepared.corpus;
  const DuplicateOptions& options = prepared.experiment->duplicates;
  std::string transposed = "none";
  if (!corpus.transpositions.empty())
    transposed = text(variants(corpus, Split::train), " in training, moved by these semitones: ", joined(corpus.transpositions));
  return text("duplicates   ", corpus.duplicates.groups, " groups of near twins with ", corpus.duplicates.documents,
              " documents (similarity of at least ", shortest(options.similarity), "; duplicates.use is ", options.use, ")\n",
              "variants     ", transposed, "\n", "unique       ", corpus.unique_train_tokens, " of ", corpus.train.tokens.size(),
              " training tokens\n", "vocabulary   ", corpus.vocabulary_used, " of ", corpus.tokenizer->vocab_size(),
              " ids used in training\n", "separator    ", separator_name(corpus), "\n", "example      ",
              Value(example_text).toml(), " is ", joined(encoded_example(corpus)), "\n", "fingerprint  ", corpus.fingerprint,
              "\n", "outcomes     ", (corpus.documents_directory / "outcomes.tsv").string(), " (sources)\n", "             ",
              (corpus.texts_directory / "decisions.tsv").string(), " (documents)\n", "facts        ",
              prepared.report.file.string(), "\n", "corpus       ", corpus.directory.string(),
              corpus.reused ? " (it was there already)" : "", "\n");
}

Json split_json(const PreparedCorpus& prepared, Split which) {
  const Corpus& corpus = prepared.corpus;
  const PackedSplit& split = corpus.split(which);
  Json json{{"documents", originals(corpus, which)},
            {"variants", variants(corpus, which)},
            {"share", share_of_all(corpus, which)},
            {"asked", wanted_share(prepared.experiment->split, which)},
            {"characters", split.characters},
            {"tokens", split.tokens.size()},
            {"unique_tokens", which == Split::train ? corpus.unique_train_tokens : split.tokens.size()},
            {"tokens_per_character", split.tokens_per_character()},
            {"unknown", split.unknown},
            {"unknown_share", split.unknown_share()}};
  if (which != Split::train) {
    json["with_twin_in_training"] = leakage_of(corpus, which).with_twin_in_training;
    json["leakage"] = leakage_of(corpus, which).share();
  }
  return json;
}

Json analysis_json(const CorpusReport& report) {
  const Analysis& analysis = *report.analysis;
  const auto ratios = analysis.ratios(), lengths = analysis.lengths();
  const auto number = [](double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); };
  Json json{{"documents", analysis.documents},
            {"sample", analysis.sample.size()},
            {"threshold", analysis.threshold},
            {"kept_share", kept_share(ratios, analysis.threshold)},
            {"quantiles", Json::array()},
            {"histogram", Json::array()},
            {"curve", Json::array()},
            {"songs", Json::array()},
            {"directory", report.analysis_directory.string()}};
  for (const double share : quantile_shares)
    json["quantiles"].push_back(
        {{"share", share}, {"ratio", number(quantile(ratios, share))}, {"characters", number(quantile(lengths, share))}});
  for (const RatioBin& bin : ratio_histogram(ratios, analysis.threshold))
    json["histogram"].push_back({{"low", bin.low}, {"high", bin.high}, {"dropped", bin.dropped}, {"kept", bin.kept}});
  for (const CurvePoint& point : threshold_curve(ratios))
    json["curve"].push_back({{"threshold", point.threshold}, {"kept_share", point.kept}});
  for (const ChosenSong& song : chosen_songs(analysis))
    json["songs"].push_back({{"role", song.role},
                             {"id", song.document->id},
                             {"ratio", song.document->ratio()},
                             {"file", (report.analysis_directory / "songs" / song.file_name()).string()}});
  return json;
}

}  // namespace

std::string prepare_text(const PreparedCorpus& prepared) {
  return text(outcomes_text(prepared.corpus), splits_text(prepared), histogram_text(prepared.corpus), facts_text(prepared),
              prepared.report.analysis ? analysis_text(prepared) : "");
}

Json prepare_json(const PreparedCorpus& prepared) {
  const Corpus& corpus = prepared.corpus;
  Json json{{"variants", prepared.labels},
            {"fingerprint", corpus.fingerprint},
            {"directory", corpus.directory.string()},
            {"reused", corpus.reused},
            {"nothing_to_do", corpus.reused && prepared.report.reused},
            {"file", prepared.report.file.string()}};
  json["outcomes"] = corpus.outcome_counts;
  json["kept"] = kept_documents(corpus);
  json["outcome_tables"] = {(corpus.documents_directory / "outcomes.tsv").string(),
                            (corpus.texts_directory / "decisions.tsv").string()};
  for (const Split which : all_splits) json["splits"][name(which)] = split_json(prepared, which);
  json["duplicates"] = {{"groups", corpus.duplicates.groups}, {"documents", corpus.duplicates.documents}};
  json["transpositions"] = corpus.transpositions;
  json["unique_train_tokens"] = corpus.unique_train_tokens;
  json["vocab_size"] = corpus.tokenizer->vocab_size();
  json["vocabulary_used"] = corpus.vocabulary_used;
  json["separator"] = {{"text", corpus.separator_text},
                       {"tokens", corpus.separator},
                       {"end_of_text", corpus.tokenizer->end_of_text().has_value()}};
  json["example"] = {{"text", example_text}, {"tokens", encoded_example(corpus)}};
  auto& histogram = json["histogram"] = Json::array();
  for (const auto& [character, count] : corpus.histogram) {
    std::string utf8;
    append_utf8(utf8, character);
    histogram.push_back({{"character", utf8}, {"count", count}});
  }
  json["analysis"] = prepared.report.analysis ? analysis_json(prepared.report) : Json(nullptr);
  return json;
}

}  // namespace etude
