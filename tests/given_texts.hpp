// Documents that a test gives a tokenizer to learn from.
#pragma once

#include <etude/document.hpp>
#include <string>
#include <utility>
#include <vector>

namespace etude::testing {

class GivenTexts final : public DocumentSource {
 public:
  explicit GivenTexts(std::vector<std::string> texts) : texts_(std::move(texts)) {}
  bool next(Document& document) override {
    if (at_ == texts_.size()) return false;
    document = {std::to_string(at_), texts_[at_], {}};
    ++at_;
    return true;
  }
  void rewind() override { at_ = 0; }

 private:
  std::vector<std::string> texts_;
  std::size_t at_ = 0;
};

}  // namespace etude::testing
