#include <algorithm>
#include <base/interrupt.hpp>
#include <evaluate/split_documents.hpp>

namespace etude {

bool SplitDocuments::next(Document& document) {
  const PackedSplit& packed = corpus_.split(split_);
  if (next_ >= packed.documents.size()) return false;
  if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
  const PackedDocument& place = packed.documents[next_];
  const auto without_separator = std::max<std::int64_t>(0, place.tokens - std::ssize(corpus_.separator));
  tokens_.resize(static_cast<std::size_t>(without_separator));
  packed.tokens.copy(place.first_token, tokens_);
  ids_.assign(tokens_.begin(), tokens_.end());
  document.id = text(name(split_), '/', next_);
  document.text = corpus_.tokenizer->decode(ids_);
  document.split = split_;
  document.trimmed.clear();
  ++next_;
  return true;
}

}  // namespace etude
