// The documents of a packed split as text again.
#pragma once

#include <corpus/corpus.hpp>

namespace etude {

/// Decodes one document at a time. Ids are "train/0", "train/1", ... in the order of the split.
class SplitDocuments final : public DocumentSource {
 public:
  /// The corpus is borrowed.
  SplitDocuments(const Corpus& corpus, Split split) : corpus_(corpus), split_(split) {}
  /// @throws Error if the user interrupts
  bool next(Document& document) override;
  void rewind() override { next_ = 0; }

 private:
  const Corpus& corpus_;
  Split split_;
  std::size_t next_ = 0;
  std::vector<std::int64_t> tokens_;
  std::vector<TokenId> ids_;
};

}  // namespace etude
