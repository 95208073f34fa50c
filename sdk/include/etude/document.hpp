// A piece of text with a name: what a dataset yields and a tokenizer learns from.
#pragma once

#include <etude/api.hpp>
#include <optional>
#include <string>

namespace etude {

enum class Split { train = 0, validation = 1, test = 2 };

/// "train", "validation" or "test".
ETUDE_API const char* name(Split split);

struct Document {
  /// Unique and stable within the dataset: the source's relative path, and a number where one file holds several.
  std::string id;
  std::string text;            ///< cleaned UTF-8, without the separator that follows a document
  std::optional<Split> split;  ///< where the source itself says
  /// Lines that cleaning took from the front of `text` although they count in the gzip ratio; mostly empty.
  std::string trimmed{};
};

/// A stream of documents that can be read again from the start. One thread at a time.
class ETUDE_API DocumentSource {
 public:
  virtual ~DocumentSource();
  /// Fills `document` with the next one; false at the end.
  virtual bool next(Document& document) = 0;
  /// Back to the first document.
  virtual void rewind() = 0;
};

}  // namespace etude
