#include <algorithm>
#include <corpus/encoder.hpp>

namespace etude {

Packing::Packing(const Tokenizer& learned, const std::string& separator_text) : tokenizer(learned) {
  const std::int64_t vocab_size = tokenizer.vocab_size();
  if (vocab_size < 1)
    throw Error(text("the tokenizer has a vocabulary of ", vocab_size, " after learning"), "tell the plugin's author");
  bytes_per_token = vocab_size <= 65536 ? 2 : 4;
  if (const auto end = tokenizer.end_of_text()) {
    separator = {*end};
  } else {
    tokenizer.encode(separator_text, separator);
  }
}

EncodedBatch Packing::encode(const Texts& texts, std::span<const TextItem> items) const {
  EncodedBatch encoded;
  encoded.occurrences.resize(static_cast<std::size_t>(tokenizer.vocab_size()));
  const auto unknown = tokenizer.unknown();
  std::vector<TokenId> ids;
  std::string document_text;
  std::int64_t first = 0;
  for (const TextItem& item : items) {
    ids.clear();
    texts.read(item, document_text);
    tokenizer.encode(document_text, ids);
    PackedDocument document;
    document.first_token = first;
    document.characters = texts.characters(item);
    document.unknown = unknown ? std::count(ids.begin(), ids.end(), *unknown) : 0;
    ids.insert(ids.end(), separator.begin(), separator.end());
    document.tokens = static_cast<std::int64_t>(ids.size());
    append(encoded, ids);
    encoded.documents.push_back(document);
    first += document.tokens;
  }
  return encoded;
}

void Packing::append(EncodedBatch& encoded, std::span<const TokenId> ids) const {
  const std::size_t begin = encoded.packed.size();
  const auto width = static_cast<std::size_t>(bytes_per_token);
  encoded.packed.resize(begin + ids.size() * width);
  char* out = encoded.packed.data() + begin;
  for (const TokenId id : ids) {
    if (id < 0 || static_cast<std::size_t>(id) >= encoded.occurrences.size())
      throw Error(text("the tokenizer gave the id ", id, ", outside its vocabulary of ", encoded.occurrences.size()),
                  "tell the plugin's author");
    ++encoded.occurrences[static_cast<std::size_t>(id)];
    const auto bits = static_cast<std::uint32_t>(id);
    for (std::size_t byte = 0; byte < width; ++byte) *out++ = static_cast<char>(bits >> (8 * byte) & 0xFF);
  }
}

}  // namespace etude
