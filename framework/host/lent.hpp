// What the host lends to a plugin for the length of a call. A failure of the lent thing is not the plugin's: it is kept, to be
// thrown again as it was when the plugin's call has ended.
#pragma once

#include <etude/metric.hpp>
#include <exception>
#include <host/guard.hpp>
#include <memory>

namespace etude {

class Lent {
 public:
  void rethrow() const {
    if (failure_) std::rethrow_exception(failure_);
  }

 protected:
  ~Lent() = default;

  template <class Call>
  decltype(auto) keep(Call&& call) {
    try {
      return call();
    } catch (...) {
      failure_ = std::current_exception();
      throw;
    }
  }

 private:
  std::exception_ptr failure_;
};

class LentDocuments final : public DocumentSource, public Lent {
 public:
  explicit LentDocuments(DocumentSource& documents) : documents_(documents) {}
  bool next(Document& document) override {
    return keep([&] { return documents_.next(document); });
  }
  void rewind() override {
    keep([&] { documents_.rewind(); });
  }

 private:
  DocumentSource& documents_;
};

/// The model and the tokenizer are lent as they are: their failures happen in the metric's hands.
class LentView final : public MetricView, public Lent {
 public:
  explicit LentView(MetricView& view) : view_(view) {}
  Architecture& model() override { return view_.model(); }
  const Tokenizer& tokenizer() override { return view_.tokenizer(); }
  const SplitLoss& loss(Split split) override {
    return keep([&]() -> const SplitLoss& { return view_.loss(split); });
  }
  const std::vector<std::string>& samples(const SampleRequest& request) override {
    return keep([&]() -> const std::vector<std::string>& { return view_.samples(request); });
  }
  std::filesystem::path samples_directory(const SampleRequest& request) override {
    return keep([&] { return view_.samples_directory(request); });
  }
  DocumentSource& documents(Split split) override {
    documents_ = std::make_unique<LentSplit>(*this, keep([&]() -> DocumentSource& { return view_.documents(split); }));
    return *documents_;
  }
  std::filesystem::path directory() override {
    return keep([&] { return view_.directory(); });
  }
  void progress(const std::string& what, std::int64_t done, std::int64_t total) override {
    keep([&] { view_.progress(what, done, total); });
  }
  void warn(const std::string& message) override { view_.warn(message); }

 private:
  /// Its failures are the view's.
  class LentSplit final : public DocumentSource {
   public:
    LentSplit(LentView& view, DocumentSource& documents) : view_(view), documents_(documents) {}
    bool next(Document& document) override {
      return view_.keep([&] { return documents_.next(document); });
    }
    void rewind() override {
      view_.keep([&] { documents_.rewind(); });
    }

   private:
    LentView& view_;
    DocumentSource& documents_;
  };

  MetricView& view_;
  std::unique_ptr<LentSplit> documents_;  ///< of the last split asked for
};

/// guarded(), for calls that borrow `lent`.
template <class Call>
decltype(auto) guarded(const std::string& part, const char* what, const Lent& lent, Call&& call) {
  try {
    return guarded(part, what, std::forward<Call>(call));
  } catch (const Error&) {
    lent.rethrow();
    throw;
  }
}

}  // namespace etude
