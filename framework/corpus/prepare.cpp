// The order of preparation: documents, filter, near-duplicates, split, variants, tokens.
#include <base/clock.hpp>
#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <corpus/fingerprint.hpp>
#include <corpus/prepare.hpp>
#include <corpus/stage_progress.hpp>
#include <corpus/tokens.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// An experiment's dataset and tokenizer, and where what is made of them lies.
class Preparation {
 public:
  Preparation(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options)
      : experiment_(experiment),
        catalogue_(catalogue),
        options_(options),
        dataset_(make_dataset()),
        separator_(dataset_->separator()) {
    keys_ = std::make_unique<StageKeys>(stage_keys(experiment, catalogue, *dataset_, options.directory));
  }

  std::optional<Corpus> open(Tell tell = Tell::damage) const {
    auto corpus = open_tokens(keys_->tokens, make_tokenizer(), tell);
    if (!corpus) return std::nullopt;
    corpus->documents_directory = keys_->documents.directory;
    corpus->texts_directory = keys_->texts.directory;
    corpus->reused = true;
    return corpus;
  }

  Corpus build() {
    remove_unfinished_stages(options_.directory);
    const Texts texts = prepare_texts();
    require_splits(texts);
    make(keys_->tokens, [&] { return pack(texts); });
    auto corpus = open();
    if (!corpus) fail_as_damaged(keys_->tokens);
    corpus->reused = false;
    return std::move(*corpus);
  }

  Documents prepare_documents() {
    return open_or_make<Documents>(
        keys_->documents, [this] { return open_documents(keys_->documents); },
        [this] {
          build_documents(keys_->documents, *dataset_, options_.threads, [this](std::int64_t documents, std::int64_t bytes) {
            read_documents_ = documents;
            progress_.show("reading", documents, 0, "documents", bytes);
          });
          dataset_read_ = true;
          return text(count_text(static_cast<double>(read_documents_)), " documents");
        });
  }

 private:
  [[noreturn]] static void fail_as_damaged(const StageKey& key) {
    throw Error(text(key.directory.string(), " was damaged as soon as it was written"), "check the disk");
  }

  /// Makes a stage and says so, and why. `build` returns what came of it.
  void make(const StageKey& key, const std::function<std::string()>& build) const {
    const std::string why = why_made(key);
    const double begin = steady_seconds();
    const std::string result = build();
    log_info(text("corpus: ", key.kind, " made, ", result, " in ", duration_text(seconds_since(begin)), " (", why, ")"));
  }

  template <class Stage>
  Stage open_or_make(const StageKey& key, const std::function<std::optional<Stage>()>& open,
                     const std::function<std::string()>& build) const {
    auto stage = open();
    if (stage) {
      log_info(text("corpus: ", key.kind, " reused, from ", key.directory.string()));
      return std::move(*stage);
    }
    make(key, build);
    stage = open();
    if (!stage) fail_as_damaged(key);
    return std::move(*stage);
  }

  static void stop_if_interrupted() {
    if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
  }

  std::shared_ptr<Dataset> make_dataset() {
    DatasetContext context;
    context.cache_directory = options_.directory / ("cache-" + experiment_.dataset.plugin);
    context.threads = options_.threads;
    context.warn = log_warning;
    context.progress = [this](const std::string& what, std::int64_t done, std::int64_t total) {
      stop_if_interrupted();  // many files may fail before one becomes a document
      progress_.show(what, done, total, "files");
    };
    std::error_code error;
    fs::create_directories(context.cache_directory, error);
    if (error) throw file_error("cannot make the folder", context.cache_directory, error.value());
    return catalogue_.make_dataset(experiment_.dataset.plugin, experiment_.dataset.options, context);
  }

  std::shared_ptr<Tokenizer> make_tokenizer() const {
    return catalogue_.make_tokenizer(experiment_.tokenizer.plugin, experiment_.tokenizer.options);
  }

  DocumentProgress document_progress(const std::string& what, const Documents& documents) {
    return [this, what, total = static_cast<std::int64_t>(documents.size())](std::int64_t done, std::int64_t bytes) {
      progress_.show(what, done, total, "documents", bytes);
    };
  }

  MappedRecords<GzipSize> prepare_ratios(const Documents& documents) {
    if (experiment_.filter.min_gzip_ratio <= 0) return {};
    return open_or_make<MappedRecords<GzipSize>>(
        keys_->ratios, [this] { return open_ratios(keys_->ratios); },
        [&] {
          build_ratios(keys_->ratios, documents, options_.threads, document_progress("gzip ratios", documents));
          return bytes_text(static_cast<double>(documents.bytes()));
        });
  }

  Signatures prepare_signatures(const Documents& documents) {
    return open_or_make<Signatures>(
        keys_->signatures, [this] { return open_signatures(keys_->signatures); },
        [&] {
          build_signatures(keys_->signatures, documents, experiment_.duplicates.shingle_bars, options_.threads,
                           document_progress("signatures", documents));
          return bytes_text(static_cast<double>(documents.bytes()));
        });
  }

  Texts prepare_texts() {
    const Documents documents = prepare_documents();
    return open_or_make<Texts>(
        keys_->texts, [&] { return open_texts(keys_->texts, documents); },
        [&] {
          decide(documents);
          return text("of ", count_text(static_cast<double>(documents.size())), " documents");
        });
  }

  void decide(const Documents& documents) {
    const auto ratios = prepare_ratios(documents);
    const Signatures signatures = prepare_signatures(documents);
    build_texts({.key = keys_->texts,
                 .filter = experiment_.filter,
                 .duplicates = experiment_.duplicates,
                 .split = experiment_.split,
                 .documents = documents,
                 .ratios = ratios,
                 .signatures = signatures,
                 .transpositions = transpositions_of(*dataset_),
                 .dataset = [this]() -> Dataset& { return dataset_read_to_its_end(); },
                 .threads = options_.threads,
                 .progress =
                     [this](const std::string& what, std::int64_t done, std::int64_t total, const std::string& unit) {
                       stop_if_interrupted();
                       progress_.show(what, done, total, unit);
                     }});
  }

  /// A dataset gives variants once it has given its documents; where those were there already, it has not been read.
  Dataset& dataset_read_to_its_end() {
    std::int64_t documents = 0;
    for (Document document; !dataset_read_ && dataset_->next(document);) {
      stop_if_interrupted();
      progress_.show("reading again, to transpose", ++documents, 0, "documents");
    }
    dataset_read_ = true;
    return *dataset_;
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

  std::string pack(const Texts& texts) {
    build_tokens(keys_->tokens, texts, *make_tokenizer(), separator_, options_.threads,
                 [this](const std::string& what, std::int64_t documents, std::int64_t total, std::int64_t bytes) {
                   progress_.show(what, documents, total, "documents", bytes);
                 });
    return text(count_text(static_cast<double>(texts.split(Split::train).characters)), " training characters");
  }

  const Experiment& experiment_;
  const Catalogue& catalogue_;
  const PrepareOptions& options_;
  StageProgress progress_;
  std::shared_ptr<Dataset> dataset_;
  bool dataset_read_ = false;
  std::int64_t read_documents_ = 0;
  std::string separator_;
  std::unique_ptr<const StageKeys> keys_;
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

std::string waiting_for_other(const fs::path& directory) {
  return text("another process prepares a corpus in ", directory.string(), "; waiting for it");
}

Corpus open_or_build(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  Preparation preparation(experiment, catalogue, options);
  if (auto corpus = preparation.open()) {
    log_info("corpus: reused, " + description(*corpus));
    return std::move(*corpus);
  }
  const DirectoryLock lock(options.directory, waiting_for_other(options.directory));
  // The other process may have made the very same.
  if (auto corpus = preparation.open(Tell::nothing)) return std::move(*corpus);
  Corpus corpus = preparation.build();
  log_info("corpus: packed, " + description(corpus));
  return corpus;
}

/// Whatever plugin's call an interrupt fell into, it is no failure of the plugin.
template <class Work>
auto interruptible(const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.fault() != Fault::interrupted) throw;
    throw Error("interrupted while the corpus was being prepared", "the same command goes on: what was converted is kept",
                Fault::interrupted);
  }
}

}  // namespace

Corpus prepare_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  return interruptible([&] { return open_or_build(experiment, catalogue, options); });
}

Documents prepare_documents(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  return interruptible([&] {
    Preparation preparation(experiment, catalogue, options);
    const DirectoryLock lock(options.directory, waiting_for_other(options.directory));
    return preparation.prepare_documents();
  });
}

std::optional<Corpus> find_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options) {
  if (!fs::is_directory(options.directory)) return std::nullopt;
  return Preparation(experiment, catalogue, options).open();
}

}  // namespace etude
