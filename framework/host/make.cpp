// Instances of parts whose every call goes through the guard.
#include <host/catalogue.hpp>
#include <host/lent.hpp>

namespace etude {
namespace {

class GuardedTokenizer final : public Tokenizer {
 public:
  GuardedTokenizer(std::string part, std::shared_ptr<Tokenizer> tokenizer)
      : part_(std::move(part)), tokenizer_(std::move(tokenizer)) {}

  void learn(DocumentSource& documents, int threads) override {
    LentDocuments lent(documents);
    guarded(part_, "learn", lent, [&] { tokenizer_->learn(lent, threads); });
  }
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    guarded(part_, "encode", [&] { tokenizer_->encode(text, ids); });
  }
  void encode_marked(std::string_view text, std::vector<TokenId>& ids) const override {
    guarded(part_, "encode_marked", [&] { tokenizer_->encode_marked(text, ids); });
  }
  std::string decode(std::span<const TokenId> ids) const override {
    return guarded(part_, "decode", [&] { return tokenizer_->decode(ids); });
  }
  std::int64_t vocab_size() const override {
    return guarded(part_, "vocab_size", [&] { return tokenizer_->vocab_size(); });
  }
  std::optional<TokenId> end_of_text() const override {
    return guarded(part_, "end_of_text", [&] { return tokenizer_->end_of_text(); });
  }
  std::optional<TokenId> unknown() const override {
    return guarded(part_, "unknown", [&] { return tokenizer_->unknown(); });
  }
  bool lossless() const override {
    return guarded(part_, "lossless", [&] { return tokenizer_->lossless(); });
  }
  void save(const std::filesystem::path& file) const override {
    guarded(part_, "save", [&] { tokenizer_->save(file); });
  }
  void load(const std::filesystem::path& file) override {
    guarded(part_, "load", [&] { tokenizer_->load(file); });
  }

 private:
  std::string part_;
  std::shared_ptr<Tokenizer> tokenizer_;
};

class GuardedDataset final : public Dataset {
 public:
  GuardedDataset(std::string part, std::shared_ptr<Dataset> dataset) : part_(std::move(part)), dataset_(std::move(dataset)) {}

  bool next(Document& document) override {
    return guarded(part_, "next", [&] { return dataset_->next(document); });
  }
  void rewind() override {
    guarded(part_, "rewind", [&] { dataset_->rewind(); });
  }
  std::string fingerprint() override {
    return guarded(part_, "fingerprint", [&] { return dataset_->fingerprint(); });
  }
  std::string separator() const override {
    return guarded(part_, "separator", [&] { return dataset_->separator(); });
  }
  std::vector<int> transpositions() const override {
    return guarded(part_, "transpositions", [&] { return dataset_->transpositions(); });
  }
  std::optional<Document> variant(const std::string& id, int semitones) override {
    return guarded(part_, "variant", [&] { return dataset_->variant(id, semitones); });
  }
  std::vector<Outcome> outcomes() const override {
    return guarded(part_, "outcomes", [&] { return dataset_->outcomes(); });
  }
  std::map<std::string, std::int64_t> outcome_counts() const override {
    return guarded(part_, "outcome_counts", [&] { return dataset_->outcome_counts(); });
  }

 private:
  std::string part_;
  std::shared_ptr<Dataset> dataset_;
};

class GuardedMetric final : public Metric {
 public:
  GuardedMetric(std::string part, std::shared_ptr<Metric> metric) : part_(std::move(part)), metric_(std::move(metric)) {}

  MetricResult evaluate(MetricView& view) override {
    LentView lent(view);
    return guarded(part_, "evaluate", lent, [&] { return metric_->evaluate(lent); });
  }
  MetricNeeds needs() const override {
    return guarded(part_, "needs", [&] { return metric_->needs(); });
  }

 private:
  std::string part_;
  std::shared_ptr<Metric> metric_;
};

std::string label(Kind kind, const std::string& id) { return text(name(kind), ' ', id); }

template <class Factory, class... Arguments>
auto construct(const Catalogue& catalogue, Kind kind, const std::string& id, const Arguments&... arguments) {
  const Part& part = catalogue.find(kind, id);
  auto made = guarded(label(kind, id), "constructor", [&] { return std::get<Factory>(part.make)(arguments...); });
  if (!made) throw Error(text("plugin ", label(kind, id), " made nothing"));
  return made;
}

}  // namespace

std::shared_ptr<Tokenizer> Catalogue::make_tokenizer(const std::string& id, const Table& options) const {
  return std::make_shared<GuardedTokenizer>(label(Kind::tokenizer, id),
                                            construct<TokenizerFactory>(*this, Kind::tokenizer, id, options));
}

std::shared_ptr<Dataset> Catalogue::make_dataset(const std::string& id, const Table& options,
                                                 const DatasetContext& context) const {
  return std::make_shared<GuardedDataset>(label(Kind::dataset, id),
                                          construct<DatasetFactory>(*this, Kind::dataset, id, options, context));
}

std::shared_ptr<Metric> Catalogue::make_metric(const std::string& id, const Table& options) const {
  return std::make_shared<GuardedMetric>(label(Kind::metric, id), construct<MetricFactory>(*this, Kind::metric, id, options));
}

std::shared_ptr<Architecture> Catalogue::make_architecture(const std::string& id, const Table& options,
                                                           const ModelContext& context) const {
  return construct<ArchitectureFactory>(*this, Kind::architecture, id, options, context);
}

}  // namespace etude
