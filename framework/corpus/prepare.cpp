// The order of preparation: documents, filter, split, tokens, files.
#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <chrono>
#include <corpus/fingerprint.hpp>
#include <corpus/texts.hpp>
#include <corpus/tokens.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// An experiment's dataset and tokenizer, and where what is made of them lies.
class Preparation {
 public:
  Preparation(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options)
      : experiment_(experiment), catalogue_(catalogue), options_(options) {
    DatasetContext context;
    context.cache_directory = options.directory / ("cache-" + experiment.dataset.plugin);
    context.threads = options.threads;
    context.warn = log_warning;
    context.progress = [this](const std::string& what, std::int64_t done, std::int64_t total) {
      // Many files may fail before one becomes a document.
      if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
      if (due()) progress_.update(text("corpus: ", what, ' ', done, " of ", total, " files", read_so_far_));
    };
    std::error_code error;
    fs::create_directories(context.cache_directory, error);
    if (error) throw file_error("cannot make the folder", context.cache_directory, error.value());
    dataset_ = catalogue.make_dataset(experiment.dataset.plugin, experiment.dataset.options, context);
    separator_ = dataset_->separator();
    texts_fingerprint_ = texts_fingerprint(experiment, catalogue, *dataset_);
    fingerprint_ = corpus_fingerprint(experiment, catalogue, texts_fingerprint_, separator_);
  }

  std::optional<Corpus> open(Tell tell = Tell::damage) const {
    auto corpus = open_tokens(tokens_directory(), fingerprint_, make_tokenizer(), tell);
    if (corpus) corpus->reused = true;
    return corpus;
  }

  Corpus build() {
    remove_unfinished_stages(options_.directory);
    auto texts = open_texts(texts_directory(), texts_fingerprint_);
    if (!texts) {
      read_texts();
      texts = open_texts(texts_directory(), texts_fingerprint_);
      if (!texts) throw Error(text(texts_directory().string(), " was damaged as soon as it was written"), "check the disk");
    }
    require_splits(*texts);
    pack(*texts);
    auto corpus = open_tokens(tokens_directory(), fingerprint_, make_tokenizer());
    if (!corpus) throw Error(text(tokens_directory().string(), " was damaged as soon as it was written"), "check the disk");
    return std::move(*corpus);
  }

 private:
  /// Small corpora are done before anyone wonders.
  bool due() const { return std::chrono::steady_clock::now() - begin_ > std::chrono::seconds(1) && progress_.due(); }

  fs::path texts_directory() const { return options_.directory / ("texts-" + texts_fingerprint_.substr(0, 16)); }
  fs::path tokens_directory() const { return options_.directory / ("tokens-" + fingerprint_.substr(0, 16)); }
  std::shared_ptr<Tokenizer> make_tokenizer() const {
    return catalogue_.make_tokenizer(experiment_.tokenizer.plugin, experiment_.tokenizer.options);
  }

  void read_texts() {
    build_texts(texts_directory(), texts_fingerprint_, *dataset_, experiment_.filter, experiment_.split,
                [this](const TextTotals& kept) {
                  if (!due()) return;
                  read_so_far_ = text(", ", count_text(static_cast<double>(kept.documents)), " documents, ",
                                      count_text(static_cast<double>(kept.characters)), " characters");
                  progress_.update("corpus: reading" + read_so_far_);
                });
  }

  /// Training and validation need theirs; tests can do without, if need be.
  void require_splits(const Texts& texts) const {
    const std::int64_t all =
        texts.split(Split::train).documents + texts.split(Split::validation).documents + texts.split(Split::test).documents;
    for (const Split which : {Split::train, Split::validation}) {
      if (texts.split(which).documents > 0) continue;
      throw Error(text("the ", name(which), " split is empty: ", all,
                       all == 1 ? " document is too few" : " documents are too few", " for these fractions"),
                  "give it a larger fraction in [split], or set split.method = \"shuffle\" for exact counts");
    }
    if (texts.split(Split::test).documents == 0 && experiment_.split.test > 0)
      log_warning(text("the test split is empty: of ", all,
                       " documents none fell to it (split.test = ", shortest(experiment_.split.test), ")"));
  }

  void pack(const Texts& texts) {
    build_tokens(tokens_directory(), fingerprint_, texts, *make_tokenizer(), separator_, options_.threads,
                 [this](const std::string& what, std::int64_t documents) {
                   if (progress_.due())
                     progress_.update(text("corpus: ", what, ", ", count_text(static_cast<double>(documents)), " documents"));
                 });
  }

  const Experiment& experiment_;
  const Catalogue& catalogue_;
  const PrepareOptions& options_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  Progress progress_;
  std::string read_so_far_;
  std::shared_ptr<Dataset> dataset_;
  std::string separator_, texts_fingerprint_, fingerprint_;
};

std::string description(const Corpus& corpus) {
  return text(count_text(static_cast<double>(corpus.train.tokens.size())), " training tokens, ",
              count_text(static_cast<double>(corpus.validation.characters)), " validation characters, in ",
              corpus.directory.string());
}

}  // namespace

const PackedSplit& Corpus::split(Split which) const {
  return which == Split::train ? train : which == Split::validation ? validation : test;
}

namespace {

Corpus open_or_build(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  Preparation preparation(experiment, catalogue, options);
  if (auto corpus = preparation.open()) {
    log_info("corpus: reused, " + description(*corpus));
    return std::move(*corpus);
  }
  const DirectoryLock lock(options.directory,
                           text("another process prepares a corpus in ", options.directory.string(), "; waiting for it"));
  // The other process may have made the very same.
  if (auto corpus = preparation.open(Tell::nothing)) return std::move(*corpus);
  Corpus corpus = preparation.build();
  log_info("corpus: packed, " + description(corpus));
  return corpus;
}

}  // namespace

Corpus prepare_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  try {
    return open_or_build(experiment, catalogue, options);
  } catch (const Error& error) {
    // Whichever plugin's call it fell into, it is no failure of the plugin.
    if (error.fault() != Fault::interrupted) throw;
    throw Error("interrupted while the corpus was being prepared", "the same command goes on: what was converted is kept",
                Fault::interrupted);
  }
}

std::optional<Corpus> find_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  if (!fs::is_directory(options.directory)) return std::nullopt;
  return Preparation(experiment, catalogue, options).open();
}

}  // namespace etude
