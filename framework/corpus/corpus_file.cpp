#include <corpus/corpus_file.hpp>
#include <etude/unicode.hpp>
#include <record/hdf5.hpp>

namespace etude {
namespace {

constexpr std::int64_t format_version = 1;
constexpr std::array all_splits{Split::train, Split::validation, Split::test};

using Integers = std::vector<std::int64_t>;
using Numbers = std::vector<double>;
using Texts = std::vector<std::string>;

/// One value of each element.
template <class Range, class Function>
auto column(const Range& range, Function value) {
  std::vector<std::decay_t<decltype(value(*std::begin(range)))>> values;
  for (const auto& element : range) values.push_back(value(element));
  return values;
}

std::string joined(const std::vector<int>& numbers) {
  std::string all;
  for (const int number : numbers) all += text(all.empty() ? "" : " ", number);
  return all;
}

void write_outcomes(hdf5::Group group, const Corpus& corpus) {
  group.write("result", column(corpus.outcome_counts, [](const auto& outcome) { return outcome.first; }));
  group.write("count", column(corpus.outcome_counts, [](const auto& outcome) { return outcome.second; }));
}

std::int64_t documents_of(const Corpus& corpus, Split which) {
  return which == Split::train ? corpus.train_documents : static_cast<std::int64_t>(corpus.split(which).documents.size());
}

void write_splits(hdf5::Group group, const Corpus& corpus) {
  const auto integers = [&](const std::string& name, auto value) { group.write(name, Integers(column(all_splits, value))); };
  const auto numbers = [&](const std::string& name, auto value) { group.write(name, Numbers(column(all_splits, value))); };
  std::int64_t all = 0;
  for (const Split which : all_splits) all += documents_of(corpus, which);
  const DuplicateFacts& twins = corpus.duplicates;
  group.write("split", Texts(column(all_splits, [](Split which) { return std::string(name(which)); })));
  integers("documents", [&](Split which) { return documents_of(corpus, which); });
  integers("variants", [&](Split which) {
    return static_cast<std::int64_t>(corpus.split(which).documents.size()) - documents_of(corpus, which);
  });
  numbers("share",
          [&](Split which) { return all ? static_cast<double>(documents_of(corpus, which)) / static_cast<double>(all) : 0.0; });
  integers("characters", [&](Split which) { return corpus.split(which).characters; });
  integers("tokens", [&](Split which) { return corpus.split(which).tokens.size(); });
  integers("unique_tokens",
           [&](Split which) { return which == Split::train ? corpus.unique_train_tokens : corpus.split(which).tokens.size(); });
  numbers("tokens_per_character", [&](Split which) { return corpus.split(which).tokens_per_character(); });
  integers("unknown", [&](Split which) { return corpus.split(which).unknown; });
  numbers("unknown_share", [&](Split which) { return corpus.split(which).unknown_share(); });
  integers("with_twin_in_training", [&](Split which) -> std::int64_t {
    return which == Split::train ? 0 : (which == Split::validation ? twins.validation : twins.test).with_twin_in_training;
  });
}

void write_characters(hdf5::Group group, const Corpus& corpus) {
  group.write("character", column(corpus.histogram, [](const auto& entry) {
                std::string utf8;
                append_utf8(utf8, entry.first);
                return utf8;
              }));
  group.write("code_point", column(corpus.histogram, [](const auto& entry) { return static_cast<std::int64_t>(entry.first); }));
  group.write("count", column(corpus.histogram, [](const auto& entry) { return entry.second; }));
}

void write_sample(hdf5::Group group, const std::vector<SampledDocument>& sample) {
  group.write("number", column(sample, [](const auto& document) { return document.number; }));
  group.write("id", column(sample, [](const auto& document) { return document.id; }));
  group.write("characters", column(sample, [](const auto& document) { return document.characters; }));
  group.write("raw_bytes", column(sample, [](const auto& document) { return document.size.raw_bytes; }));
  group.write("gzip_bytes", column(sample, [](const auto& document) { return document.size.gzip_bytes; }));
  group.write("ratio", column(sample, [](const auto& document) { return document.ratio(); }));
}

void write_analysis(hdf5::Group group, const Analysis& analysis) {
  const auto ratios = analysis.ratios(), lengths = analysis.lengths();
  group.set_attribute("documents", analysis.documents);
  group.set_attribute("asked", analysis.asked);
  group.set_attribute("seed", static_cast<std::int64_t>(analysis_seed));
  group.write("threshold", analysis.threshold);
  group.write("kept_share", kept_share(ratios, analysis.threshold));
  write_sample(group.create_group("sample"), analysis.sample);

  hdf5::Group quantiles = group.create_group("quantiles");
  quantiles.write("share", Numbers(quantile_shares.begin(), quantile_shares.end()));
  quantiles.write("ratio", column(quantile_shares, [&](double share) { return quantile(ratios, share); }));
  quantiles.write("characters", column(quantile_shares, [&](double share) { return quantile(lengths, share); }));

  const auto bins = ratio_histogram(ratios, analysis.threshold);
  hdf5::Group histogram = group.create_group("histogram");
  histogram.write("low", column(bins, [](const RatioBin& bin) { return bin.low; }));
  histogram.write("high", column(bins, [](const RatioBin& bin) { return bin.high; }));
  histogram.write("dropped", column(bins, [](const RatioBin& bin) { return bin.dropped; }));
  histogram.write("kept", column(bins, [](const RatioBin& bin) { return bin.kept; }));

  const auto points = threshold_curve(ratios);
  hdf5::Group curve = group.create_group("curve");
  curve.write("threshold", column(points, [](const CurvePoint& point) { return point.threshold; }));
  curve.write("kept_share", column(points, [](const CurvePoint& point) { return point.kept; }));

  const auto chosen = chosen_songs(analysis);
  hdf5::Group songs = group.create_group("songs");
  songs.write("role", column(chosen, [](const ChosenSong& song) { return song.role; }));
  songs.write("id", column(chosen, [](const ChosenSong& song) { return song.document->id; }));
  songs.write("ratio", column(chosen, [](const ChosenSong& song) { return song.document->ratio(); }));
  songs.write("file", column(chosen, [](const ChosenSong& song) { return song.file_name(); }));
}

Analysis read_analysis(const hdf5::Group& group) {
  Analysis analysis;
  analysis.documents = group.integer_attribute("documents");
  analysis.asked = group.integer_attribute("asked");
  analysis.threshold = group.read_double("threshold");
  const hdf5::Group sample = group.group("sample");
  const auto numbers = sample.read_integers("number"), characters = sample.read_integers("characters");
  const auto raw_bytes = sample.read_integers("raw_bytes"), gzip_bytes = sample.read_integers("gzip_bytes");
  const auto ids = sample.read_texts("id");
  for (std::size_t i = 0; i < numbers.size(); ++i)
    analysis.sample.push_back({numbers[i], ids.at(i), characters.at(i), {raw_bytes.at(i), gzip_bytes.at(i)}});
  return analysis;
}

}  // namespace

std::vector<TokenId> encoded_example(const Corpus& corpus) {
  std::vector<TokenId> ids;
  corpus.tokenizer->encode(example_text, ids);
  return ids;
}

void write_corpus_file(const std::filesystem::path& file, const Corpus& corpus, const Analysis* analysis) {
  hdf5::File made;
  hdf5::Group root = made.root();
  root.set_attribute("format_version", format_version);
  root.set_attribute("fingerprint", corpus.fingerprint);
  root.set_attribute("separator", corpus.separator_text);
  root.set_attribute("end_of_text", corpus.tokenizer->end_of_text().value_or(-1));
  root.set_attribute("vocab_size", corpus.tokenizer->vocab_size());
  root.set_attribute("vocabulary_used", corpus.vocabulary_used);
  root.set_attribute("transpositions", joined(corpus.transpositions));
  root.set_attribute("validation_text", corpus.validation_text);
  root.set_attribute("test_text", corpus.test_text);
  root.set_attribute("duplicate_groups", corpus.duplicates.groups);
  root.set_attribute("duplicate_documents", corpus.duplicates.documents);
  write_outcomes(root.create_group("outcomes"), corpus);
  write_splits(root.create_group("splits"), corpus);
  write_characters(root.create_group("characters"), corpus);
  hdf5::Group example = root.create_group("example");
  example.write("text", std::string(example_text));
  example.write("tokens", column(encoded_example(corpus), [](TokenId id) { return std::int64_t{id}; }));
  if (analysis) write_analysis(root.create_group("analysis"), *analysis);
  write_file(file, made.image());
}

CorpusFile read_corpus_file(const std::filesystem::path& file) {
  const std::string image = read_file(file);
  try {
    hdf5::File made(image);
    const hdf5::Group root = made.root();
    if (const auto version = root.integer_attribute("format_version"); version != format_version)
      throw Error(text("it is of format ", version, ", this program writes ", format_version));
    CorpusFile result;
    result.fingerprint = root.text_attribute("fingerprint");
    if (root.contains("analysis")) result.analysis = read_analysis(root.group("analysis"));
    return result;
  } catch (const std::exception& error) {
    throw Error(text("cannot read ", file.string(), ": ", error.what()));
  }
}

}  // namespace etude
